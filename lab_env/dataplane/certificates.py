"""A certificate authority of the lab's own, which only a job's process trusts.

It vouches for the far ends that the lab plays: TLS in a job is checked as everywhere, and nothing is switched off.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "Private Path lab"
# Clients check validity by this machine's clock, not by the lab's.
VALID = timedelta(days=365)


class Authority:
    """Signs certificates for host names and addresses. Its key lives in this process, and ends with it.

    ``pem`` is its own certificate, which a client must trust.
    """

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._began = datetime.now(UTC) - timedelta(days=1)
        self._certificate = (
            self._builder(self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = _pem(self._certificate)
        self._contexts: dict[tuple[str, ...], ssl.SSLContext] = {}
        self._lock = Lock()

    def context(self, names: tuple[str, ...]) -> ssl.SSLContext:
        """What a server needs to prove that it is each of ``names`` (host names or addresses)."""
        with self._lock:
            if names not in self._contexts:
                self._contexts[names] = self._new_context(names)
            return self._contexts[names]

    def _new_context(self, names: tuple[str, ...]) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        own = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            self._builder(key.public_key())
            .add_extension(
                x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(own, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # ssl reads certificates from files only.
        with TemporaryDirectory(prefix="lab-certificate-") as folder:
            file = Path(folder) / "certificate.pem"
            file.write_bytes(private + _pem(certificate).encode())
            context.load_cert_chain(file)
        return context

    def _builder(self, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._began)
            .not_valid_after(self._began + VALID)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
