# The two commands of a fresh checkout are `make demo` and `make test`; both see
# to what they need. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL: # two cgo builds at once take longer than one after the other

# A tag v1.2.3 gives 1.2.3; without one it is 0.0.0 and the commit.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null | sed -E 's/^v//; /^[0-9]+\./!s/^/0.0.0+/')
LDFLAGS = -s -w -X main.version=$(VERSION)
PROGRAMS := ./cmd/qoltanba ./cmd/qoltanba-window ./cmd/refbank
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
NFPM := go run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2
E2E := cmd/qoltanba/e2e
REPORT := node .ci/report.mjs
FUZZTIME ?= 30s
APT := gcc pkg-config libgl1-mesa-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev \
  libxxf86vm-dev libxkbcommon-dev xvfb libgl1-mesa-dri dbus dbus-x11 xdotool imagemagick openbox softhsm2 \
  openssl chromium firefox-esr libnss3-tools gnome-keyring libsecret-tools x11-utils opensc pcscd \
  vsmartcard-vpcd opencryptoki oathtool pskctool libengine-gost-openssl libgcrypt20-dev libssl-dev strongswan-pki \
  libstrongswan-standard-plugins libstrongswan-extra-plugins

.PHONY: help deps softhsm-gost build demo-build demo test check unit sdk e2e windows-vet bench audit fuzz dist clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 12

deps: ## install what building and testing need (Debian, Ubuntu); says what on other systems
	@.ci/deps $(APT)
	@for dir in bridge/sdk $(E2E); do \
	  [ ! $$dir/package-lock.json -nt $$dir/node_modules/.package-lock.json ] || npm ci --prefix $$dir; \
	done

softhsm-gost: ## a SoftHSM2 with GOST for tests, built once into the cache folder
	@.ci/softhsm-gost >/dev/null

build: ## the three programs, into bin/
	go build -trimpath -ldflags "$(LDFLAGS)" -o bin/ $(PROGRAMS)

# Without -trimpath it shares the build cache with vet and test.
demo-build: deps # with pages of this computer allowed, so never into bin/
	go build -ldflags "$(LDFLAGS)" -tags demo -o .demo/bin/ $(PROGRAMS)

demo: demo-build $(if $(filter gost,$(KEY)),softhsm-gost) ## from an empty token to a signed payment; by itself where there is no display; KEY=gost with GOST
	@KEY=$(KEY) node $(E2E)/$(if $(DISPLAY)$(WAYLAND_DISPLAY),attended,demo).mjs

test: deps check windows-vet unit sdk e2e ## everything that CI runs; lists what was skipped and why
	@$(REPORT) sum

check: deps ## gofmt, vet, staticcheck, tsc
	@$(REPORT) start
	@test -z "$$(gofmt -l $$(git ls-files '*.go') | tee /dev/stderr)"
	go vet ./...
	go vet -tags demo ./agent/... ./bridge/...
	$(STATICCHECK) ./...
	npm run --silent check --prefix bridge/sdk

# The registration is killed dozens of times, which takes minutes under the race detector.
# Packages with windows are tested without cgo and without a display; the rest with -race.
FYNE = $(shell go list -f '{{.ImportPath}} {{join .Deps " "}}' ./... | grep ' fyne.io/fyne' | cut -d' ' -f1)
# Of these the race detector sees a part only, as it takes ten times as long.
WHOLE := TestEveryBit|TestPairs
unit: deps softhsm-gost
	go test -race -timeout 30m -json $(filter-out $(FYNE),$(shell go list ./...)) | $(REPORT) go
	CGO_ENABLED=0 go test -timeout 30m -json $(filter-out qoltanba/cmd/%,$(FYNE)) | $(REPORT) go
	go test -tags demo -json ./bridge | $(REPORT) go
	go test -run '^($(WHOLE))$$' -json ./agent/cms ./agent/gost | $(REPORT) go

sdk: deps
	@mkdir -p .test
	node --test --test-reporter=spec --test-reporter-destination=stdout \
	  --test-reporter=tap --test-reporter-destination=.test/sdk.tap bridge/sdk/test/*.test.*js

e2e: demo-build softhsm-gost ## the demo's morning as tests, in Chromium and Firefox
	@mkdir -p .test
	cd $(E2E) && node --test --test-concurrency=1 --test-reporter=spec --test-reporter-destination=stdout \
	  --test-reporter=tap --test-reporter-destination=$(CURDIR)/.test/e2e.tap *.test.mjs

# What needs cgo cannot be vetted without a C compiler for Windows; make dist builds it.
CGO := github.com/miekg/pkcs11|github.com/go-gl
windows-vet: deps
	GOOS=windows CGO_ENABLED=0 go vet $$(GOOS=windows CGO_ENABLED=0 go list -e -f '{{.ImportPath}} {{join .Deps " "}}' ./... \
	  | grep -vE '$(CGO)' | cut -d' ' -f1)

bench: deps build ## the whole path beside the bare module; lines also in .bench/latest.jsonl
	go run ./cmd/qoltanba/bench

audit: ## known faults of the modules in use, where their database can be reached
	go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

# Making inputs smaller would take most of the time: those of a few kB it tries byte
# by byte. So it is off, and an input that fails is kept as it was found.
fuzz: ## every fuzz target for FUZZTIME (30s)
	@for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 0x $$package; \
	  done; \
	done

WINDOWS_BUILD := GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc go build -trimpath
dist: deps build ## a .deb, and the Windows programs cross-built with mingw-w64, into dist/
	@.ci/deps gcc-mingw-w64-x86-64
	@mkdir -p dist
	VERSION=$(VERSION) ARCH=$$(go env GOARCH) $(NFPM) package --config installer/linux/nfpm.yaml --packager deb --target dist/
	$(WINDOWS_BUILD) -ldflags "$(LDFLAGS)" -o dist/windows/ ./cmd/qoltanba
	$(WINDOWS_BUILD) -ldflags "$(LDFLAGS) -H=windowsgui" -o dist/windows/ ./cmd/qoltanba-window

clean: ## remove everything that was built
	rm -rf bin dist .demo .bench .test
