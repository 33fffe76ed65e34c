# Sourced by run and test: Debian packages, installed only when one is missing.

# need_packages NAME...
need_packages() {
  missing=
  for package in "$@"; do
    case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) in installed) ;; *) missing="$missing $package" ;; esac
  done
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "missing packages:$missing (install them as root: apt-get install$missing)" >&2
      return 1
    fi
    as_root=sudo
  fi
  echo "installing packages:$missing"
  # The lists are fetched only if these packages can't be had with those at hand.
  # shellcheck disable=SC2086 # One word per package.
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing </dev/null >/dev/null 2>&1 ||
    { $as_root apt-get update -qq </dev/null >/dev/null &&
      $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing </dev/null >/dev/null; }
}
