#!/bin/sh
# Makes what the cluster of compose.yaml needs, once, in the folder `made`: certificates, keys, passwords. For trials: the authorities' keys lie beside the rest.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir made 2>/dev/null || { echo "made exists already; remove it to begin anew (what was recorded cannot be read then)" >&2; exit 1; }
cd made

authority() { # name, common name
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.crt" -days 365 -subj "/CN=$2" 2>/dev/null
}

issue() { # name, common name, authority, extensions
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" 2>/dev/null
    printf '%s\n' "$4" | tr ';' '\n' > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$3.crt" -CAkey "$3.key" -CAcreateserial -days 90 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
    rm "$1.csr" "$1.ext"
}

authority ca "Gateway trial cluster"
authority clients-ca "Gateway trial clients"
issue node node ca "subjectAltName=DNS:localhost,DNS:node-1,DNS:node-2,DNS:lighthouse,IP:127.0.0.1;extendedKeyUsage=serverAuth,clientAuth"
issue sensor-1 sensor-1 clients-ca "subjectAltName=DNS:sensor-1;extendedKeyUsage=clientAuth"
openssl ecparam -name prime256v1 -genkey -noout -out seal.key
openssl ec -in seal.key -pubout -out seal.pub 2>/dev/null
openssl rand -base64 32 > cluster.key
openssl rand -hex 24 > database.password
# The database is reached within the machine alone; elsewhere ask for SSL Mode=VerifyFull.
printf 'Host=database;Database=gateway;Username=gateway;Password=%s;SSL Mode=Disable' "$(cat database.password)" > journal.connection
printf 'GATEWAY_JOURNAL=%s\nGATEWAY_CLUSTER_KEY=/run/gateway/cluster.key\n' "$(cat journal.connection)" > auditor.env
chmod 644 ca.crt clients-ca.crt
# Where the lighthouse writes down whom it knows.
mkdir lighthouse

# Nodes run as whoever may read these files; not as root.
user="$(id -u):$(id -g)"
if [ "$(id -u)" = 0 ]; then user=65532:65532; chown -R "$user" .; fi
cd ..
printf 'GATEWAY_USER=%s\n' "$user" > .env
chmod 644 .env
echo "made. Now: docker compose up --build"
