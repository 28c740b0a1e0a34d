# Thin names for the workflows of CMakePresets.json. `make run` and `make test` are all that a newcomer needs.
.PHONY: run build test golden peers install deb lint asan tsan fuzz clean

FUZZ_SECONDS ?= 10

PREFIX ?= /usr/local

run: build
	build/release/palier start --yes

build:
	cmake/install-dependencies build
	cmake --workflow --preset program

test:
	cmake/install-dependencies build test
	cmake --workflow --preset release

# The command-line cases, rewritten from what the program does now: read the diff before you commit it.
golden: build
	for case in tests/golden/*/; do GOLDEN_UPDATE=1 tests/golden/check "$$PWD/$${case%/}" "$$PWD/build/release/palier"; done

# palier beside the field's own programs on this machine, as the README quotes it. Takes some quiet minutes.
peers: build
	tests/peers/run build/release/palier

install: build
	cmake --install build/release --prefix $(PREFIX)

deb: build
	cd build/release && cpack -G DEB

asan:
	cmake/install-dependencies build test clang
	cmake --workflow --preset asan

tsan:
	cmake/install-dependencies build test
	cmake --workflow --preset tsan

# Every reader of foreign input for FUZZ_SECONDS each, from the committed corpus.
fuzz:
	cmake/install-dependencies build test clang
	cmake --preset asan
	cmake --build --preset fuzz
	tests/fuzz/run build/asan/fuzz $(FUZZ_SECONDS)

lint:
	cmake/install-dependencies build test lint
	cmake --preset dev
	cmake/lint

clean:
	rm -rf build
