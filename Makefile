# make without a word prints what there is.
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench soak fuzz build clean

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null)
FUZZTIME    ?= 30s

help: ## Print this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start the service with ./ehrenamt.toml, if there is one
	go run ./cmd/ehrenamt serve

demo: ## Try the exchange at a terminal, on a fresh database
	go run ./cmd/ehrenamt demo

test: ## Run all tests; as root, first install the mail servers, PostgreSQL and browser they talk to
	@.ci/peers
	go vet ./...
	go test -timeout 10m ./...

check: ## Formatting, vet, staticcheck, go.mod, and the tests with the race detector
	@.ci/peers
	@out=$$(gofmt -l bot channels cmd conversations matching storage); [ -z "$$out" ] || { echo "gofmt -w $$out" >&2; exit 1; }
	go vet ./...
	go mod tidy -diff
	go run $(STATICCHECK) ./...
	go test -race -timeout 60m ./...

bench: ## Measure; prints the figures
	@.ci/peers
	go test -run '^$$' -bench . -timeout 60m ./...

soak: ## The long runs: hundreds of kills, simulated years, long random walks
	@.ci/peers
	EHRENAMT_SOAK=1 go test -v -timeout 6h ./...

fuzz: ## Fuzz every parser and flow, FUZZTIME (30s) each
	@set -e; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

build: ## Build bin/ehrenamt
	go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/ehrenamt ./cmd/ehrenamt

clean: ## Remove what was built
	rm -rf bin
