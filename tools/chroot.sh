# shellcheck shell=bash
# Sourced by scripts that need a Debian of their own.

# chroot_make SUITE FOLDER: makes a chroot with a bare Debian, unless it is there. It gets its name when it is whole, so that one
# that was broken off is not used. It needs root and the network, and takes a minute or two.
chroot_make() {
    local log=$2.log
    [ ! -d "$2" ] || return 0
    echo "Installing Debian ($1) …"
    rm -rf "$2.part"
    debootstrap --variant=minbase "$1" "$2.part" >"$log" || {
        tail -n 20 "$log" >&2
        return 1
    }
    mv "$2.part" "$2"
    rm "$log"
}

# chroot_run FOLDER COMMAND: runs a shell's command in a chroot, as root.
chroot_run() {
    chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -c "$2"
}
