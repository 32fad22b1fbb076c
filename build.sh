#!/usr/bin/env bash
# A door to the build program in build/, the same as build.ps1: ./build.sh --help
exec dotnet run --project "$(dirname -- "${BASH_SOURCE[0]}")/build" -- "$@"
