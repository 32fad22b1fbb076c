#!/usr/bin/env pwsh
# A door to the build program in build/, the same as build.sh: ./build.ps1 --help
dotnet run --project "$PSScriptRoot/build" '--' @args
exit $LASTEXITCODE
