#!/bin/sh
# Starts MinIO with the bucket that Langfuse writes to: a bucket is a folder of its data.
# Usage: object-store.sh BUCKET
set -eu

mkdir -p "/data/$1"
exec minio server --address :9000 /data
