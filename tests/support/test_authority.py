"""Certificates for tests: an authority in a folder, and what it certifies, made by openssl(1)."""

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

_AUTHORITY = """
[ca]
default_ca = it
[it]
database = {folder}/index.txt
new_certs_dir = {folder}
default_md = sha256
rand_serial = yes
policy = any
[any]
commonName = supplied
"""


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    def __init__(self, folder, name="understudy test authority"):
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self.ca_file = self._folder / "ca.pem"
        self._key = self._folder / "ca.key"
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", self._key, "-out", self.ca_file, "-days", "30", "-subj", f"/CN={name}",
                 "-addext", "basicConstraints=critical,CA:TRUE")

    def certify(self, name, days=10, since=0, address=None):
        """(certificate file, key file) for that DNS name, good from `since` days from now until
        `days` days from now; both may be negative, and fractions."""
        def file(kind):
            return self._folder / f"{name}.{since}.{days}.{kind}"

        alternative = f"DNS:{name}" + (f",IP:{address}" if address else "")
        file("ext").write_text(f"subjectAltName={alternative}\n")
        file("cnf").write_text(_AUTHORITY.format(folder=self._folder))
        (self._folder / "index.txt").write_text("")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", file("key"), "-out", file("csr"), "-subj", f"/CN={name}")
        _openssl("ca", "-batch", "-notext", "-config", file("cnf"),
                 "-cert", self.ca_file, "-keyfile", self._key, "-in", file("csr"),
                 "-out", file("pem"), "-extfile", file("ext"),
                 "-startdate", _moment(min(since, days - 1)), "-enddate", _moment(days))
        return file("pem"), file("key")


def _moment(days):
    # A minute earlier: what is good from now on is good now.
    return (datetime.now(timezone.utc) + timedelta(days=days, minutes=-1)).strftime("%y%m%d%H%M%SZ")
