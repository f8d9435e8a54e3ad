#!/usr/bin/env bash
# Debian's Chromium, OpenSSH's server and PostgreSQL 15 with HypoPG for the tests, where they are missing and may be installed (root, apt).
# Elsewhere it says what is missing; the suites that need it are then skipped, or (the browser) fail with a sentence.
set -u
missing=()
[ -x /usr/lib/postgresql/15/bin/postgres ] || missing+=(postgresql-15)
[ -e /usr/share/postgresql/15/extension/hypopg.control ] || missing+=(postgresql-15-hypopg)
if [ -z "${DAYBREAK_CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null && ! ls "$HOME"/.cache/ms-playwright/chromium-*/chrome-linux*/chrome >/dev/null 2>&1; then
  missing+=(chromium)
fi
[ -x /usr/sbin/sshd ] || missing+=(openssh-server)
fc-list 2>/dev/null | grep -qi dejavu || missing+=(fonts-dejavu-core)
[ "${#missing[@]}" -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "Not installed and not installable here: ${missing[*]}" >&2
  exit 0
fi
# The package would otherwise create and start a cluster of its own on the standard port.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if apt-get update >"$log" 2>&1 && apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}" >>"$log" 2>&1; then
  echo "Installed ${missing[*]}"
else
  tail -n 20 "$log" >&2
  echo "Could not install ${missing[*]}" >&2
fi
rm -f "$log"
exit 0
