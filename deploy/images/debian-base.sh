#!/bin/sh
# The file system of a base for the images, of Debian's packages and of .NET as it is on this machine: ./build.sh images --debian-bases
set -eu
root=$1 dotnet=$2
shift 2

# Debian's own layout: what packages have in /lib lies in /usr/lib.
mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64" "$root/home/app"
for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done

packages=$(mktemp -d)
trap 'rm -r "$packages"' EXIT
chmod 755 "$packages"
# base-files has folders in the places of these links; what dpkg unpacks with --instdir keeps them, but asks for a database of packages.
(cd "$packages" && apt-get download -qq "$@")
for package in "$packages"/*.deb; do dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$root"; done

printf 'root:x:0:0:root:/root:/bin/false\napp:x:1654:1654::/home/app:/bin/false\n' > "$root/etc/passwd"
printf 'root:x:0:\napp:x:1654:\n' > "$root/etc/group"
# As this machine trusts them.
mkdir -p "$root/etc/ssl/certs" "$root/usr/share/dotnet"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
from=$(dirname "$(readlink -f "$(command -v dotnet)")")
for part in $dotnet; do cp -a "$from/$part" "$root/usr/share/dotnet/"; done
ln -s ../share/dotnet/dotnet "$root/usr/bin/dotnet"
