#!/usr/bin/env bash
# Installs Debian packages: those that are missing, so that a base image that holds them all needs no mirror.
# APT_MIRROR, APT_SECURITY_MIRROR: used instead of the base image's own sources, when set.

set -euo pipefail

readonly certificates=/usr/local/share/ca-certificates/workspace
export DEBIAN_FRONTEND=noninteractive

missing=()
for package in "$@"; do
  if [ "$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null)" != 'ii ' ]; then
    missing+=("$package")
  fi
done

options=()
# A mirror with a certificate of the site's own, before the package that manages certificates is there.
if compgen -G "$certificates/*.crt" >/dev/null; then
  cat -- "$certificates"/*.crt >/tmp/certificates.pem
  [ ! -r /etc/ssl/certs/ca-certificates.crt ] || cat /etc/ssl/certs/ca-certificates.crt >>/tmp/certificates.pem
  options+=(-o Acquire::https::CAInfo=/tmp/certificates.pem)
fi

if [ ${#missing[@]} -gt 0 ]; then
  if [ -n "${APT_MIRROR:-}" ]; then
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
    rm -f /etc/apt/sources.list.d/*
    {
      printf 'deb %s %s main\n' "$APT_MIRROR" "$codename"
      printf 'deb %s %s-updates main\n' "$APT_MIRROR" "$codename"
      [ -z "${APT_SECURITY_MIRROR:-}" ] || printf 'deb %s %s-security main\n' "$APT_SECURITY_MIRROR" "$codename"
    } >/etc/apt/sources.list
  fi
  apt-get "${options[@]}" update -qq
  apt-get "${options[@]}" install -y -qq --no-install-recommends "${missing[@]}"
  rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log
fi
rm -f /tmp/certificates.pem
update-ca-certificates >/dev/null
