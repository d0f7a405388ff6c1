# shellcheck shell=bash
#
# Finds, or on Debian and Ubuntu installs, what the build needs. Source it, then call `toolchain`:
#
#   source "$root/build/toolchain.sh"
#   toolchain            # a JDK >= 17 and Maven >= 3.8, or exit 3 with what to install
#   toolchain_find_jdk 25   # prints the home of a JDK of exactly that version, or fails
#
# After `toolchain`, JAVA_HOME is exported and its bin directory leads the PATH.
# An installation is attempted only where apt-get exists and root rights are at hand without a question.

toolchain_min_java=17
toolchain_min_maven=3.8

# Prints the feature version (17, 25) of the JDK whose home is $1; fails for a bare run-time environment.
toolchain_java_version() {
  [[ -x "$1/bin/javac" && -x "$1/bin/java" ]] || return 1
  local version
  version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9][0-9]*\).*/\1/p')
  [[ -n "$version" ]] || return 1
  echo "$version"
}

# Prints candidates for a JDK home, one a line, the likeliest first.
toolchain_jdk_candidates() {
  local javac
  [[ -z "${JAVA_HOME:-}" ]] || echo "$JAVA_HOME"
  if javac=$(command -v javac); then
    javac=$(readlink -f "$javac")
    echo "${javac%/bin/javac}"
  fi
  local home
  for home in /usr/lib/jvm/* /opt/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/.sdkman/candidates/java/*; do
    [[ ! -d "$home" ]] || echo "$home"
  done
}

# Prints the home of a JDK of exactly version $1. JAVA<version>_HOME wins over what lies in the usual places.
toolchain_find_jdk() {
  local wanted=$1 variable="JAVA$1_HOME" home
  while read -r home; do
    if [[ "$(toolchain_java_version "$home" || true)" == "$wanted" ]]; then
      echo "$home"
      return 0
    fi
  done < <([[ -z "${!variable:-}" ]] || echo "${!variable}"; toolchain_jdk_candidates)
  return 1
}

toolchain_use_jdk() {
  export JAVA_HOME=$1
  export PATH="$JAVA_HOME/bin:$PATH"
}

toolchain_select_jdk() {
  local home version
  while read -r home; do
    version=$(toolchain_java_version "$home") || continue
    if (( version >= toolchain_min_java )); then
      toolchain_use_jdk "$home"
      return 0
    fi
  done < <(toolchain_jdk_candidates)
  return 1
}

toolchain_has_maven() {
  local version
  command -v mvn > /dev/null || return 1
  version=$(mvn --version 2> /dev/null | sed -n 's/^.*Apache Maven \([0-9][0-9.]*\).*/\1/p' | sed -n 1p)
  [[ -n "$version" ]] || return 1
  [[ "$(printf '%s\n%s\n' "$toolchain_min_maven" "$version" | sort -V | sed -n 1p)" == "$toolchain_min_maven" ]]
}

# Prints the package to install for a JDK: the oldest one that is new enough.
toolchain_jdk_package() {
  local package candidate
  for package in openjdk-17-jdk-headless openjdk-21-jdk-headless openjdk-25-jdk-headless; do
    candidate=$(apt-cache policy "$package" 2> /dev/null | sed -n 's/^ *Candidate: //p')
    if [[ -n "$candidate" && "$candidate" != "(none)" ]]; then
      echo "$package"
      return 0
    fi
  done
  echo openjdk-17-jdk-headless
}

# Runs a command as root, or fails without asking for a password.
toolchain_as_root() {
  if [[ "$(id -u)" == 0 ]]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}

toolchain_apt_install() {
  command -v apt-get > /dev/null || return 1
  echo "Installing $* ..." >&2
  toolchain_as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >&2
}

# Makes sure of both tools. Exit status 3 means: a tool is missing and could not be installed.
toolchain() {
  local refreshed=
  if ! toolchain_select_jdk; then
    if command -v apt-get > /dev/null; then
      toolchain_as_root apt-get update -qq >&2 || true
      refreshed=yes
      toolchain_apt_install "$(toolchain_jdk_package)" || true
    fi
    if ! toolchain_select_jdk; then
      echo "Inmesh needs a JDK of version $toolchain_min_java or newer (with javac) and found none." >&2
      echo "Install one, on Debian and Ubuntu with: sudo apt-get install openjdk-17-jdk-headless" >&2
      echo "then set JAVA_HOME to it if it is not on the PATH." >&2
      exit 3
    fi
  fi
  if ! toolchain_has_maven; then
    if command -v apt-get > /dev/null; then
      [[ -n "$refreshed" ]] || toolchain_as_root apt-get update -qq >&2 || true
      toolchain_apt_install maven || true
      hash -r
    fi
    if ! toolchain_has_maven; then
      echo "Inmesh needs Maven $toolchain_min_maven or newer (mvn) on the PATH and found none." >&2
      echo "Install it, on Debian 12, Ubuntu 24.04 and newer with: sudo apt-get install maven" >&2
      exit 3
    fi
  fi
}
