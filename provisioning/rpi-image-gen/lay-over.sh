#!/bin/sh
# Lay our files over a root that real maintainer scripts have configured: lay-over.sh CHECKOUT ROOT
# Used by the rpi-image-gen layer (Pi 4, 5) and by provisioning/rpi-os/customise.sh (Zero 2 W).
set -eu
checkout=$1
root=$2
home=$root/usr/lib/inkling
cp -R "$checkout/provisioning/overlay/." "$root/"
cp "$checkout"/systemd/* "$root/usr/lib/systemd/system/"
mkdir -p "$home/provisioning" "$root/persistent" "$root/boot/config" "$root/etc/inkling" "$root/var/lib/inkling"
for part in appliance models; do cp -R "$checkout/$part" "$home/"; done
cp "$checkout/provisioning/__init__.py" "$home/provisioning/"
cp -R "$checkout/provisioning/device" "$home/provisioning/"
install -m 755 "$checkout/provisioning/device/tryboot" "$home/tryboot"
install -m 644 "$checkout/secrets/release.crt" "$root/etc/rauc/keyring.pem"
# picamera2 is built against apt's numpy: a second numpy in the vendor folder would hide it.
cp -R "$checkout/.cache/image/work/root/usr/lib/inkling/vendor" "$home/"
rm -rf "$home/vendor/numpy" "$home/vendor/numpy.libs" "$home"/vendor/numpy-*
systemd-sysusers --root="$root"
systemctl --root="$root" enable inkling.target inkling-events.socket inkling-provision.service systemd-networkd.service \
    systemd-resolved.service systemd-timesyncd.service
systemctl --root="$root" mask rauc-mark-good.service ssh.service rpi-connect.service rpi-connectd.service \
    avahi-daemon.service getty@.service serial-getty@.service rpi-swap.service dphys-swapfile.service
# Without it Raspberry Pi OS's initramfs switches the firmware's watchdog off.
for line in "$root"/boot/firmware/cmdline.txt "$root"/boot/cmdline.txt; do
    [ ! -f "$line" ] || sed -i 's/$/ watchdog_disarm=0 panic=5 fsck.repair=yes/' "$line"
done
