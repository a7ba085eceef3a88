#!/bin/sh
# Start of the broker container: one user for the portal, without dangerous commands, and none without a password.
set -eu
umask 077
cat >/data/users.acl <<ACL
user default off resetpass resetkeys resetchannels -@all
user portal on #$(printf %s "$BROKER_PASSWORD" | sha256sum | cut -d' ' -f1) ~* &* +@all -@admin -@dangerous +info +flushdb
ACL
exec valkey-server --dir /data --aclfile /data/users.acl --databases 2 --appendonly yes --save "" \
    --maxmemory 512mb --maxmemory-policy noeviction
