"""The packages and the tarball as files: what Debian's checker says, and what is in them."""

import gzip
import re
import shutil
import subprocess
import tarfile

import pytest

# What glibc brings, and nothing else.
GLIBC = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "ld-linux-x86-64.so.2"}


def output(*words):
    return subprocess.run(words, check=True, text=True, stdout=subprocess.PIPE).stdout


def needed(program):
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-d", "-W", program)))


@pytest.fixture(scope="session")
def unpacked(packages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    for package in packages:
        output("dpkg-deb", "-x", package, folder)
    return folder


def test_lintian_finds_nothing(packages):
    assert shutil.which("lintian"), "lintian is not installed"
    done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning",
                           "--profile", "debian", *packages], text=True, capture_output=True,
                          check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_programs_are_stripped(packages, unpacked):
    assert len(packages) == 3
    programs = sorted((unpacked / "usr/bin").iterdir())
    assert [each.name for each in programs] == ["understudy-agent", "understudy-controller",
                                                "understudyctl"]
    for program in programs:
        sections = output("readelf", "-S", "-W", program)
        assert ".text" in sections and ".debug" not in sections and ".symtab" not in sections


def test_libraries_are_found_and_named(packages):
    for package in packages:
        depends = output("dpkg-deb", "-f", package, "Depends")
        assert re.search(r"libc6 \(>= ", depends) and "ca-certificates" in depends
    controller = next(each for each in packages if "controller" in each.name)
    for library in ("libwebsockets17", "libwebsockets-evlib-uv", "libsqlite3-0", "libcurl4"):
        assert library in output("dpkg-deb", "-f", controller, "Depends")


def test_manual_pages_and_completion_are_in_them(unpacked):
    for page in ("man1/understudyctl.1", "man8/understudy-controller.8", "man8/understudy-agent.8"):
        text = gzip.decompress((unpacked / f"usr/share/man/{page}.gz").read_bytes()).decode()
        assert text.startswith(".TH ") and ".SH OPTIONS" in text
    for script in ("bash-completion/completions/understudyctl",
                   "zsh/vendor-completions/_understudyctl",
                   "fish/vendor_completions.d/understudyctl.fish"):
        assert "understudyctl" in (unpacked / "usr/share" / script).read_text()


def test_no_upgrade_asks_anything(packages):
    """What a person edits belongs to no package: examples are copied."""
    for package in packages:
        assert "conffiles" not in output("dpkg-deb", "-I", package)
        assert " ./etc/" not in output("dpkg-deb", "-c", package)


def test_units_are_as_exposed_as_they_were(unpacked):
    for unit, most in (("understudy-controller", 1.5), ("understudy-agent", 1.8)):
        file = unpacked / f"usr/lib/systemd/system/{unit}.service"
        told = output("systemd-analyze", "security", "--offline=true", file)
        assert float(re.search(r"exposure level .*: ([0-9.]+)", told).group(1)) <= most


def test_the_tarballs_agent_needs_glibc_alone(tarball, tmp_path):
    with tarfile.open(tarball) as archive:
        archive.extractall(tmp_path)
    folder, = tmp_path.iterdir()
    assert needed(folder / "understudy-agent") <= GLIBC
    assert sorted(each.name for each in folder.iterdir()) == [
        "LICENSE", "README", "agent.json", "understudy-agent", "understudy-agent.conf",
        "understudy-agent.service"]
    assert "@" not in (folder / "README").read_text()
    assert output(folder / "understudy-agent", "--version").startswith("understudy-agent ")
