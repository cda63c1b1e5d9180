#!/bin/sh
# Make a card image for the Zero 2 W (and for Bookworm with tflite-runtime) from Raspberry Pi OS Lite:
#   sudo provisioning/rpi-os/customise.sh IMAGE.img.xz IMAGE.img.xz.sig OUTPUT.img
# NOT PROVEN: nobody has run it on a Raspberry Pi. One root, no second slot: an update is a new card.
set -eu
[ $# = 3 ] || { sed -n '2,4p' "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(dirname "$(dirname "$here")")
value() { sed -n "s/^$1 = \"\(.*\)\"\$/\1/p" "$here/base.lock.toml"; }
sha256=$(value sha256)
key=$(value signing_key)
[ -n "$sha256" ] && [ -n "$key" ] || { echo "base.lock.toml names no image yet: write sha256 and signing key there"; exit 2; }
echo "$sha256  $1" | sha256sum --check --status || { echo "$1 is not the image of base.lock.toml: fetch that one"; exit 2; }
gpg --status-fd 1 --verify "$2" "$1" 2>/dev/null | grep -q "VALIDSIG.*$key" || { echo "$1 is not signed by $key"; exit 2; }
for program in losetup systemd-nspawn xz; do
    command -v "$program" >/dev/null || { echo "$program is missing: sudo apt-get install mount systemd-container xz-utils"; exit 2; }
done
xz --decompress --stdout "$1" >"$3"
loop=$(losetup --find --show --partscan "$3")
root=$(mktemp -d)
trap 'umount -R "$root" 2>/dev/null; losetup -d "$loop"; rmdir "$root"' EXIT
mount "${loop}p2" "$root"
mount "${loop}p1" "$root/boot/firmware"
# Real maintainer scripts, on an arm64 machine or through qemu-user: what is not wanted goes before our files come.
systemd-nspawn --quiet --directory="$root" sh -c 'apt-get -y purge --autoremove rpi-connect-lite rpi-swap dphys-swapfile \
    avahi-daemon bluez build-essential gdb strace cloud-init openssh-server 2>/dev/null; systemctl mask userconfig.service; true'
sh "$checkout/provisioning/rpi-image-gen/lay-over.sh" "$checkout" "$root"
# One root and no partition of our own: what must last lies in folders of it.
sed -i '/^PARTLABEL=/d; /^tmpfs *\/var /d' "$root/etc/fstab"
mkdir -p "$root/persistent/config" "$root/persistent/state"
ln -sfn /boot/firmware "$root/boot/config"
rm -f "$root/usr/lib/repart.d/50-persistent.conf" "$root/usr/lib/systemd/system/inkling-update.service"
