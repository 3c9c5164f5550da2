"""The compiled core.

``jobs`` is a number of threads (0: one per processor). ``progress`` is called with a stage, the
steps done, and their number (0: unknown), at most ten times a second. All functions release the
GIL while they work, stop at Ctrl-C, and can be called from several threads.
"""

from collections.abc import Callable, Sequence
from typing import Any, Optional, Union

import numpy as np
from numpy.typing import NDArray

#: A name of a file, or of something built in.
Path = Union[str, bytes]
Progress = Optional[Callable[[str, int, int], None]]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]

version: str

def in_python(text: str) -> str:
    """The text with Python's names for options of the command line."""

class ServiceError(OSError):
    """A service did not answer, or refused."""

class Source:
    """A table to read: a file, or arrays, which are kept and not copied."""

    def __init__(
        self,
        columns: Path | Sequence[tuple[Any, ...]],
        parameters: Sequence[tuple[str, Any, str]] = ...,
        rows: int = ...,
        name: Path = ...,
    ) -> None: ...
    @property
    def name(self) -> str: ...

def read_table(source: Source, jobs: int, progress: Progress) -> dict[str, Any]: ...
def write_table(
    source: Source, path: Path, format: str, overwrite: bool, jobs: int, progress: Progress
) -> list[str]: ...

def column_names(names: list[str], prefix: str) -> list[str]: ...

class Recipe:
    """What belongs to a mission's catalog; read-only."""

    name: str
    description: str
    text: str
    classes: list[str]
    groups: list[str]
    class_columns: list[str]
    group_columns: list[str]
    name_column: str
    observation_column: str
    ra_column: str
    dec_column: str
    other_names: dict[str, list[str]]
    @property
    def method(self) -> str: ...
    @property
    def components(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def features(self) -> list[dict[str, str]]: ...
    @property
    def label_column(self) -> str: ...
    @property
    def units(self) -> dict[str, str]: ...

def load_recipe(
    name: Path, method: str = ..., components: int = ..., seed: int | None = ...
) -> Recipe: ...
def parse_recipe(
    text: str, name: str, method: str = ..., components: int = ..., seed: int | None = ...
) -> Recipe: ...
def built_in_recipes() -> list[str]: ...
def class_ids(recipe: Recipe, labels: Sequence[str]) -> Int32: ...
def check_table(
    recipe: Recipe, source: Source, jobs: int, progress: Progress
) -> dict[str, Any]: ...
def features(
    recipe: Recipe, source: Source, jobs: int, progress: Progress
) -> tuple[Float64, list[str]]: ...

class Model:
    """A trained classifier; read-only."""

    name: str
    note: str
    version: str
    coverage: float
    training_rows: int
    training_labelled: int
    @staticmethod
    def load(name: Path) -> Model: ...
    @staticmethod
    def parse(json: str, name: str) -> Model: ...
    def json(self) -> str: ...
    def save(self, path: Path, overwrite: bool) -> None: ...
    def asked(self, prior: str, coverage: float | None) -> Model: ...
    @property
    def method(self) -> str: ...
    @property
    def recipe(self) -> Recipe: ...
    @property
    def learned(self) -> list[bool]: ...
    @property
    def has_classes(self) -> bool: ...
    @property
    def weights(self) -> Float64: ...
    @property
    def means(self) -> Float64: ...
    @property
    def covariances(self) -> Float64: ...
    def scale(self, values: NDArray[Any]) -> Float64: ...
    def unscale(self, values: NDArray[Any]) -> Float64: ...

def fit_rows(
    recipe: Recipe,
    X: NDArray[Any],
    classes: NDArray[Any],
    sources: NDArray[Any],
    jobs: int,
    progress: Progress,
) -> tuple[Model, list[str]]: ...
def fit_table(
    recipe: Recipe, source: Source, label_column: str, jobs: int, progress: Progress
) -> tuple[Model, list[str]]: ...
def predict_rows(
    model: Model, X: NDArray[Any], jobs: int, progress: Progress
) -> dict[str, Any]: ...
def predict_numbers(
    model: Model, source: Source, jobs: int, progress: Progress
) -> dict[str, Any]: ...
def predict_table(
    model: Model, source: Source, jobs: int, progress: Progress
) -> dict[str, Any]: ...
def vote(classes: Source, model: Model, jobs: int) -> dict[str, Any]: ...
def fit_mixture(
    X: NDArray[Any],
    components: int,
    seed: int,
    tol: float,
    reg_covar: float,
    max_iter: int,
    n_init: int,
    jobs: int,
    progress: Progress,
) -> dict[str, Any]: ...
def mixture_log_joint(
    weights: NDArray[Any],
    means: NDArray[Any],
    covariances: NDArray[Any],
    X: NDArray[Any],
    jobs: int,
) -> Float64: ...
def crossmatch(
    left: Source,
    left_ra: str,
    left_dec: str,
    right: Source,
    right_ra: str,
    right_dec: str,
    radius_arcsec: float,
    all: bool,
    jobs: int,
    progress: Progress,
) -> dict[str, Any]: ...
def run(
    recipe: Recipe,
    detections: Source,
    labels: Source | None,
    join: str,
    radius: float | None,
    label_column: str,
    out: Path,
    format: str,
    overwrite: bool,
    clusters: Path,
    prior: str,
    coverage: float | None,
    unique_detections: bool,
    jobs: int,
    progress: Progress,
) -> list[str]: ...
def validate(
    recipe: Recipe,
    detections: Source,
    labels: Source | None,
    join: str,
    radius: float | None,
    label_column: str,
    split: str,
    folds: int,
    repeats: int,
    seed: int | None,
    replicates: int,
    prior: str,
    coverage: float | None,
    out: Path,
    format: str,
    overwrite: bool,
    jobs: int,
    progress: Progress,
) -> list[str]: ...
def find_table(folder: str, stem: str) -> str: ...
def report(
    folder: Path,
    validation: Path,
    out: Path,
    overwrite: bool,
    recipe: Path,
    model: Path,
    class_column: str,
    jobs: int,
) -> tuple[str, list[str]]: ...
def simulate(
    model: Model, rows: int, seed: int, out: Path, labels_out: Path, progress: Progress
) -> None: ...
def fetch_detections(
    services: Path,
    release: str,
    all: bool,
    where: str,
    cone: Sequence[float] | None,
    columns: Sequence[str],
    asynchronous: bool,
    out: Path,
    overwrite: bool,
    restart: bool,
    jobs: int,
    progress: Progress,
) -> list[str]: ...
def fetch_counterparts(
    services: Path,
    detections: Path,
    ra: str,
    dec: str,
    radius_arcsec: float,
    all: bool,
    service: str,
    asynchronous: bool,
    keep: Sequence[str],
    out: Path,
    overwrite: bool,
    restart: bool,
    jobs: int,
    progress: Progress,
) -> list[str]: ...

class Server:
    """A catalog over HTTP, in a thread of its own."""

    def __init__(
        self,
        catalog: Path,
        address: str,
        port: int,
        title: str,
        vo_only: bool,
        public: bool,
        recipe: Path,
        model: Path,
        class_column: str,
        jobs: int,
    ) -> None: ...
    def close(self) -> None: ...
    @property
    def running(self) -> bool: ...
    @property
    def url(self) -> str: ...
    @property
    def notes(self) -> list[str]: ...
    @property
    def has_pages(self) -> bool: ...
    @property
    def has_positions(self) -> bool: ...
    @property
    def sources(self) -> int: ...
