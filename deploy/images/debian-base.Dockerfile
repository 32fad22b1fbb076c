# See debian-base.sh, which lays out what is copied.
FROM scratch
COPY . /
# As the real ones have it; the rest keeps a builder that reaches package registries alone from waiting for anything else.
ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true
ENV DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false NUGET_CERT_REVOCATION_MODE=offline
