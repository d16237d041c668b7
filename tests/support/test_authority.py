"""Certificates for tests: an authority in a folder, and what it certifies, made by openssl(1)."""

import subprocess
from pathlib import Path


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

    def certify(self, name, days=10):
        """(certificate file, key file) for that DNS name; expired when days is negative."""
        key = self._folder / f"{name}.{days}.key"
        request = self._folder / f"{name}.{days}.csr"
        certificate = self._folder / f"{name}.{days}.pem"
        extensions = self._folder / f"{name}.{days}.ext"
        extensions.write_text(f"subjectAltName=DNS:{name}\n")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        _openssl("x509", "-req", "-in", request, "-CA", self.ca_file, "-CAkey", self._key,
                 "-CAcreateserial", "-out", certificate, "-days", days, "-extfile", extensions)
        return certificate, key
