"""Builds the compiled module with CMake, from the checkout or from what a source archive holds."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

HERE = Path(__file__).parent.resolve()
# A source archive has the C++ code in a folder of its own.
ROOT = HERE / "core" if (HERE / "core").is_dir() else HERE.parent
# What the compiled module is built from.
CORE = ["CMakeLists.txt", "LICENSE", "src", "recipes", "maps", "models", "services", "packaging", "tools",
        "web"]


def version() -> str:
    """That of the program."""
    text = (ROOT / "CMakeLists.txt").read_text()
    return re.search(r"project\(uhuru VERSION ([\d.]+)", text).group(1)


def pages_can_be_built() -> bool:
    """Whether npm reaches its registry; UHURU_WEB=ON or OFF decides instead, if it is set."""
    if "UHURU_WEB" in os.environ:
        return os.environ["UHURU_WEB"].upper() in ("ON", "1", "YES", "TRUE")
    try:
        subprocess.run(
            ["npm", "view", "esbuild", "version"], capture_output=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        print("npm cannot reach its registry: the package will have no pages", file=sys.stderr)
        return False
    return True


class Build(build_ext):
    """Runs CMake, in a folder of its own or in the one that UHURU_BUILD names."""

    def build_extension(self, ext: Extension) -> None:
        target = Path(self.get_ext_fullpath(ext.name)).resolve()
        folder = Path(os.environ.get("UHURU_BUILD", self.build_temp)).resolve()
        if "UHURU_BUILD" not in os.environ:
            self.configure(folder)
        subprocess.run(["cmake", "--build", str(folder), "--target", "uhuru_python",
                        "--parallel", str(len(os.sched_getaffinity(0)))], check=True)
        (module,) = (folder / "python" / "uhuru").glob("_core*.so")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(module, target)

    def configure(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        generator = ["-G", "Ninja"] if shutil.which("ninja") else []
        pages = "ON" if pages_can_be_built() else "OFF"
        subprocess.run(["cmake", "-S", str(ROOT), "-B", str(folder), *generator,
                        "-DCMAKE_BUILD_TYPE=Release", "-DUHURU_TESTS=OFF", "-DUHURU_JEMALLOC=OFF",
                        f"-DUHURU_WEB={pages}",
                        f"-DPython_EXECUTABLE={sys.executable}"], check=True)


class SourceArchive(sdist):
    """Adds the C++ code."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        core = Path(base_dir) / "core"
        ignored = shutil.ignore_patterns("node_modules", "dist", "__pycache__")
        for name in CORE:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, core / name, ignore=ignored)
            else:
                core.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, core / name)
        python = ROOT / "python" if (ROOT / "python").is_dir() else HERE
        shutil.copytree(python / "bindings", core / "python" / "bindings")
        shutil.copy2(python / "CMakeLists.txt", core / "python")


setup(
    version=version(),
    ext_modules=[Extension("uhuru._core", sources=[])],
    cmdclass={"build_ext": Build, "sdist": SourceArchive},
)
