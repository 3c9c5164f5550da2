"""The copy of the tree in which tools/mutants builds and tests, and which lines each test suite reaches."""

import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import time
from hashlib import sha256
from pathlib import Path

GIB = 1 << 30
LIBRARIES = [f"libuhuru_{part}.so" for part in ("method", "tables", "vo", "jobs", "serve")]


def run_quietly(command, folder, log, **settings):
    """Runs a command; if it fails, the end of its output is the error."""
    with open(log, "w") as out:
        done = subprocess.run(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT, **settings)
    if done.returncode != 0:
        raise SystemExit(f"{shlex.join(map(str, command))} failed; the end of {log}:\n" +
                         "\n".join(Path(log).read_text(errors="replace").splitlines()[-30:]))


class Tree:
    """`tree` is a copy of all files that git knows or would add, `build` a build of it as it is; both
    change only in update(). Mutants are compiled and linked elsewhere."""

    def __init__(self, root):
        self.root, self.base = root, (root / "build" / "mutants").resolve()
        self.tree, self.build = self.base / "tree", self.base / "build"
        self.suites = {}  # name: {"file", "seconds", "lines": {file: [line]}}

    def update(self):
        self._copy()
        self._build()
        self._map()
        self._commands()

    def _copy(self):
        self.tree.mkdir(parents=True, exist_ok=True)
        listed = subprocess.run(["git", "ls-files", "-zco", "--exclude-standard"], cwd=self.root,
                                capture_output=True, text=True, check=True).stdout
        wanted = {name for name in listed.split("\0") if name and (self.root / name).is_file()}
        for path in [path for path in self.tree.rglob("*") if path.is_file()]:
            if str(path.relative_to(self.tree)) not in wanted:
                path.unlink()
        for name in wanted:
            old, new = self.root / name, self.tree / name
            if not new.exists() or new.read_bytes() != old.read_bytes():
                new.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(old, new)
        shared = self.root.parent / "shared"  # real data, found beside the tree
        if shared.exists() and not (self.base / "shared").exists():
            (self.base / "shared").symlink_to(shared)

    def _build(self):
        environment = dict(os.environ, CCACHE_BASEDIR=str(self.base), CCACHE_NOHASHDIR="1")
        if not (self.build / "build.ninja").exists():
            run_quietly(["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja",
                         "-DCMAKE_BUILD_TYPE=", "-DCMAKE_CXX_COMPILER=clang++", "-DUHURU_UNITY=OFF", "-DUHURU_WEB=OFF",
                         f"-DCMAKE_PROJECT_uhuru_INCLUDE={self.tree}/tools/mutation/build.cmake"],
                        self.base, self.base / "cmake.log", env=environment)
        run_quietly(["ninja", "-C", self.build, "uhuru", "uhuru_tests"], self.base,
                    self.base / "build.log", env=environment)

    # Which suite reaches which lines.

    def _map(self):
        """Runs each suite whose tests, or any source, changed since the last time."""
        place = self.base / "reach.json"
        known = json.loads(place.read_text()) if place.exists() else {}
        sources = self._sum(sorted((self.tree / "src").rglob("*.?pp")) +
                            sorted((self.tree / "tests" / "support").iterdir()))
        for name, path in self._suite_files().items():
            stamp = sources + self._sum([path])
            if known.get(name, {}).get("stamp") != stamp:
                known[name] = {"stamp": stamp, "file": str(path.relative_to(self.tree)),
                               **self._measure(name)}
                place.write_text(json.dumps(known))
            self.suites[name] = known[name]
        ill = [name for name, suite in self.suites.items() if not suite["passes"]]
        if ill:
            print("left out, because they fail without any mutant: " + ", ".join(ill))
        self.suites = {name: suite for name, suite in self.suites.items() if suite["passes"]}

    def _suite_files(self):
        found = {}
        for path in sorted((self.tree / "tests").rglob("*_test.cpp")):
            for name in re.findall(r"^TEST(?:_F)?\((\w+)", path.read_text(), re.M):
                found[name] = path
        return found

    @staticmethod
    def _sum(paths):
        return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]

    def _measure(self, suite):
        folder = self.base / "profile"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        begin = time.time()
        passes, _ = self.test([suite], folder, 900, {"LLVM_PROFILE_FILE": f"{folder}/%p-%m.profraw"})
        seconds = time.time() - begin
        raw = [str(path) for path in folder.glob("*.profraw")]
        if not raw:  # the program was killed
            return {"passes": False, "seconds": seconds, "lines": {}}
        suffix = self._clang_suffix()
        subprocess.run([f"llvm-profdata{suffix}", "merge", "-sparse", "--failure-mode=all", *raw,
                        "-o", f"{folder}/all"], check=True, stderr=subprocess.DEVNULL)
        report = subprocess.run(
            [f"llvm-cov{suffix}", "export", "-format=lcov", f"-instr-profile={folder}/all",
             LIBRARIES[0], *(f"-object={name}" for name in LIBRARIES[1:]),
             str(self.tree / "src" / "uhuru")],
            cwd=self.build, check=True, capture_output=True, text=True).stdout
        lines, code, file = {}, {}, None
        for row in report.splitlines():
            if row.startswith("SF:"):
                file = os.path.relpath(os.path.normpath(row[3:]), self.tree)
            elif row.startswith("DA:"):
                line, count = row[3:].split(",")[:2]
                code.setdefault(file, []).append(int(line))
                if count != "0":
                    lines.setdefault(file, []).append(int(line))
        shutil.rmtree(folder)
        (self.base / "code.json").write_text(json.dumps(code))
        print(f"{suite}: {seconds:.1f} s" + ("" if passes else ", fails"), flush=True)
        return {"passes": passes, "seconds": seconds, "lines": lines}

    def _clang_suffix(self):
        """The tools of the same version as the compiler: -14 for LLVM 14."""
        text = subprocess.run(["clang++", "--version"], capture_output=True, text=True, check=True).stdout
        version = "-" + re.search(r"version (\d+)", text).group(1)
        return version if shutil.which("llvm-cov" + version) else ""

    def code_lines(self):
        """For each file of src/uhuru, the lines that hold code of a function."""
        return {file: set(lines) for file, lines in json.loads((self.base / "code.json").read_text()).items()}

    @staticmethod
    def tests_of(file):
        """The folder of tests that mirrors the file's."""
        return str(Path(file).parent).replace("src/uhuru", "tests", 1) + "/"

    def reaching(self, file, line=None):
        """The suites that execute the line, or any line of the file: those of the file's own tests
        first, then those of its folder, then the quick ones."""
        stem, folder = Path(file).stem, self.tests_of(file)
        found = [name for name, suite in self.suites.items()
                 if (line in suite["lines"].get(file, ()) if line else file in suite["lines"])]
        return sorted(found, key=lambda name: (
            not self.suites[name]["file"].startswith(f"{folder}{stem}"),
            not self.suites[name]["file"].startswith(folder),
            self.suites[name]["seconds"]))

    # Building and testing with a changed file.

    def _commands(self):
        self.compile = {}  # output: (command, source)
        for entry in json.loads((self.build / "compile_commands.json").read_text()):
            words = shlex.split(entry["command"])
            while "clang" not in Path(words[0]).name:  # env and ccache
                words.pop(0)
            output = words[words.index("-o") + 1]
            self.compile[output] = (words, entry["file"])
        self.links = {}
        for target in [*LIBRARIES, "uhuru", "tests/uhuru_tests"]:
            commands = subprocess.run(["ninja", "-C", str(self.build), "-t", "commands", "-s", target],
                                      capture_output=True, text=True, check=True).stdout
            words = shlex.split(commands.splitlines()[-1])
            begin = next(i for i, word in enumerate(words) if "clang" in Path(word).name)
            end = words.index("&&", begin) if "&&" in words[begin:] else len(words)
            self.links[target] = words[begin:end]
        self.users = {}  # header: outputs that include it
        deps = subprocess.run(["ninja", "-C", str(self.build), "-t", "deps"], capture_output=True,
                              text=True, check=True).stdout
        for part in deps.split("\n\n"):
            rows = part.splitlines()
            output = rows[0].split(":")[0] if rows else ""
            if output not in self.compile or not re.match(r"CMakeFiles/uhuru(_\w+)?\.dir|tests/", output):
                continue
            for row in rows[1:]:
                path = os.path.normpath(self.build / row.strip())
                if path.startswith(str(self.tree) + "/src/"):
                    self.users.setdefault(path[len(str(self.tree)) + 1:], []).append(output)
        self._precompile()

    def _precompile(self):
        """Most of the time to compile a file without optimization would go into the headers that the
        program's own precompiled header lists."""
        self.headers = self.base / "headers.hpp"
        listed = re.search(r"target_precompile_headers\(\$\{target\} PRIVATE(.*?)\)",
                           (self.tree / "CMakeLists.txt").read_text(), re.S).group(1)
        content = "".join(f"#include {name}\n" for name in re.findall(r"<.*?>", listed))
        if not self.headers.exists() or self.headers.read_text() != content:
            self.headers.write_text(content)  # a new time would make the compiled header unusable
        # Each library has its own definitions, which a precompiled header must have had, too.
        for library in {name.split("/src/")[0] for name in self.compile
                        if "/src/uhuru/" in name}:
            words, source = next(value for name, value in self.compile.items()
                                 if name.startswith(library + "/src/"))
            command = self._mutated(words, source, self.headers, self._precompiled(library))
            stamp = self.base / (Path(library).stem + ".command")
            if stamp.exists() and stamp.read_text() == shlex.join(command) + content:
                continue
            subprocess.run([*command, "-x", "c++-header", "-Xclang", "-fpch-instantiate-templates"],
                           cwd=self.build, check=True)
            stamp.write_text(shlex.join(command) + content)

    def _precompiled(self, output):
        """Of the library, CMakeFiles/NAME.dir, to which an object belongs."""
        return str(self.base / (Path(output.split("/src/")[0]).stem + ".pch"))

    @staticmethod
    def _mutated(words, source, new_source, output, *more):
        """The command without optimization, coverage, warnings and lists of dependencies."""
        kept, skip = [], False
        for word in words:
            if skip:
                skip = False
            elif word in ("-MT", "-MF", "-o"):
                skip = True
            elif word == source or word in ("-MD", "-O1", "-fprofile-instr-generate",
                                            "-fcoverage-mapping", "-c") or word.startswith("-W"):
                pass
            else:
                kept.append(word)
        kept[1:1] = more
        return [*kept, "-w", "-O0", "-o", str(output), "-c", str(new_source)]

    def build_mutant(self, file, content, work):
        """Builds the library, and for a header all libraries and programs, with another content of this
        file into the folder `work`. False if it does not compile."""
        shutil.rmtree(work, ignore_errors=True)
        changed = work / "overlay" / file
        changed.parent.mkdir(parents=True)
        changed.write_text(content)
        is_header = file.endswith(".hpp")
        objects = {}
        for output in self.users[file]:
            words, source = self.compile[output]
            new = work / f"{len(objects)}.o"
            new_source = source if is_header else changed
            overlay = f"-I{work}/overlay/src"
            if "cmake_pch" in shlex.join(words):  # must be compiled as its precompiled header was
                command = [word for word in words if not word.startswith("-W")]
                command[command.index("-o") + 1] = str(new)
                command[1:1] = [overlay, "-w"]
            elif "hwy" in Path(source).read_text():  # too slow without optimization
                command = [str(new_source) if word == source else word for word in words]
                command[command.index("-o") + 1] = str(new)
                command[1:1] = [overlay]
            else:
                command = self._mutated(words, source, new_source, new, overlay, "-include-pch",
                                        self._precompiled(output))
            if self._fails(command):
                return False
            objects[output] = str(new)
        for target, words in self.links.items():
            command = [objects.get(word, word) for word in words]
            if command != words:
                command[command.index("-o") + 1] = str(work / Path(target).name)
                if self._fails(command):
                    return False
        return True

    def _fails(self, command):
        environment = dict(os.environ, CCACHE_DISABLE="1")
        return subprocess.run(command, cwd=self.build, env=environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode != 0

    def test(self, suites, work, limit_s, more=None):
        """Runs suites up to the first test that fails: (True, None) or (False, what failed)."""
        scratch = work / "tmp"
        scratch.mkdir(exist_ok=True)
        tests, program = work / "uhuru_tests", work / "uhuru"
        environment = dict(os.environ, TMPDIR=str(scratch), LD_LIBRARY_PATH=str(work),
                           LLVM_PROFILE_FILE="/dev/null")
        environment.update(more or {})
        if program.exists():
            environment["UHURU_TEST_PROGRAM"] = str(program)
        command = [str(tests if tests.exists() else self.build / "tests" / "uhuru_tests"),
                   "--gtest_fail_fast", "--gtest_filter=" + ":".join(f"{name}.*" for name in suites)]
        process = subprocess.Popen(command, cwd=work, env=environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, errors="replace",
                                   start_new_session=True, preexec_fn=_limit)
        try:
            out, _ = process.communicate(timeout=limit_s)
            timed_out = False
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)  # what a test may have left behind
            except ProcessLookupError:
                pass
        if timed_out:
            out, _ = process.communicate()
        shutil.rmtree(scratch, ignore_errors=True)
        if process.returncode == 0 and not timed_out:
            return True, None
        failed = re.findall(r"^\[  FAILED  \] (\w+\.\w+)", out, re.M)
        begun = re.findall(r"^\[ RUN      \] (\w+\.\w+)", out, re.M)
        if failed:
            return False, failed[0]
        return False, ("timeout in " if timed_out else "crash in ") + (begun[-1] if begun else "?")


def _limit():
    """A mutant may allocate or write without end."""
    resource.setrlimit(resource.RLIMIT_AS, (16 * GIB, 16 * GIB))
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 * GIB, 8 * GIB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
