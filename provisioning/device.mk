# From a release to a flashed counter. Included by the Makefile; `make` alone prints these targets too.
VERSION ?= $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
IMAGE_TOOLS := mkfs.erofs:erofs-utils mcopy:mtools mkfs.vfat:dosfstools sgdisk:gdisk mke2fs:e2fsprogs depmod:kmod openssl dpkg-deb:dpkg
VM_TOOLS := qemu-system-aarch64:qemu-system-arm rauc mksquashfs:squashfs-tools mosquitto
SUPERUSER := $(if $(and $(DEV),$(shell test -b "$(DEV)" && ! test -w "$(DEV)" && echo x)),sudo,)
BOOTED := nice $(BIN)/python -m pytest --timeout=3600

.PHONY: image image-lock identity flash bundle vm e2e e2e-update vm-audit wipe doctor release

image: setup  ## build the stand-in's disk image (Debian 13 arm64) from locked downloads (VERSION=, MIRROR=)
	@sh provisioning/need.sh $(IMAGE_TOOLS)
	@$(BIN)/python -c 'from pathlib import Path; from provisioning.bundle import signer; signer(Path("secrets"))'
	@$(BIN)/python -m provisioning.image.build --version "$(VERSION)" --keyring secrets/release.crt

image-lock:  ## write the locks of the image's packages and wheels again, with Debian's signature checked
	@$(BIN)/python -m provisioning.image.debian
	@$(PYTHON) -m venv .cache/uv && .cache/uv/bin/pip install -q '$(UV)'
	@SSL_CERT_FILE=$${SSL_CERT_FILE:-$$PIP_CERT} .cache/uv/bin/uv pip compile -q --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
		--generate-hashes --no-header --no-emit-index-url --no-annotate -c $(LOCK)/test.txt pyproject.toml -o provisioning/image/wheels.lock

identity: setup  ## make key, certificate and settings of one device (ID=counter-0001 BROKER= SITE= SETTINGS= WIFI= CA= CA_KEY=)
	@$(BIN)/python -m provisioning.identity --id "$(ID)" $(if $(BROKER),--broker "$(BROKER)") $(if $(SITE),--site "$(SITE)") \
		$(if $(PORT),--port "$(PORT)") $(if $(ALLOW),--allow "$(ALLOW)") $(if $(SETTINGS),--settings "$(SETTINGS)") \
		$(if $(WIFI),--wifi "$(WIFI)") $(if $(CA),--ca "$(CA)") $(if $(CA_KEY),--ca-key "$(CA_KEY)")

flash: setup  ## write image and identity to a card after you typed its name, and read it back (DEV=/dev/sdX ID=counter-0001)
	@sh provisioning/need.sh mcopy:mtools
	@$(SUPERUSER) $(BIN)/python -m provisioning.flash --dev "$(DEV)" $(if $(ID),--id "$(ID)") $(if $(IMAGE),--image "$(IMAGE)")

wipe: setup  ## overwrite identity, settings and outbox on a card before it leaves the shop (DEV=/dev/sdX)
	@sh provisioning/need.sh sgdisk:gdisk
	@$(SUPERUSER) $(BIN)/python -m provisioning.wipe --dev "$(DEV)"

bundle: setup  ## sign what `make image` built as one update (VERSION=)
	@sh provisioning/need.sh rauc mksquashfs:squashfs-tools
	@$(BIN)/python -m provisioning.bundle --version "$(VERSION)"

vm: setup  ## start the built image in a virtual machine, its console here; Ctrl-C ends it
	@sh provisioning/need.sh $(VM_TOOLS) mcopy:mtools
	@$(BIN)/python -m provisioning.vm

e2e: $(VENV)/.test image  ## build the image, boot it, and see events, light and pins from outside (not part of make test)
	@sh provisioning/need.sh $(VM_TOOLS)
	@$(BOOTED) tests/image/test_boot.py -s

vm-audit: $(VENV)/.test image  ## try on the booted image everything the privacy claim says cannot happen
	@sh provisioning/need.sh $(VM_TOOLS)
	@$(BOOTED) tests/image/test_audit.py -s

e2e-update: $(VENV)/.test image  ## update, wrong key, dead slot, unhealthy version and power cuts in the virtual machine
	@sh provisioning/need.sh $(VM_TOOLS)
	@$(BOOTED) tests/image/test_update.py tests/image/test_power.py -s

doctor: setup  ## say what is wrong between here, the broker and a device (HOST=broker ID=counter-0001)
	@$(BIN)/python -m provisioning.doctor --host "$(HOST)" $(if $(ID),--id "$(ID)") $(if $(PORT),--port "$(PORT)")

release: bundle  ## image, update, bill of materials (CycloneDX), checksums and signature under .cache/release (VERSION=)
	@$(BIN)/python -m provisioning.release --version "$(VERSION)"
