package pkcs11

import (
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"

	"qoltanba/agent"
)

// entry is the function that makes a library a PKCS#11 module (PKCS #11 2.40,
// section 5.4).
const entry = "C_GetFunctionList"

// checkFile tells why a file cannot be a PKCS#11 module for this program, before it
// is loaded: the loader's own answer is lost in the binding.
func checkFile(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %w", agent.ErrModuleMissing, agent.ErrModule)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", agent.ErrModule, err)
	}
	defer f.Close()
	foreign := fmt.Errorf("%w: %w", agent.ErrModuleForeign, agent.ErrModule)
	architecture := fmt.Errorf("%w: %w", agent.ErrModuleArchitecture, agent.ErrModule)
	if lib, err := elf.NewFile(f); err == nil {
		switch machine, known := elfMachines[runtime.GOARCH]; {
		case lib.Type != elf.ET_DYN:
			return foreign
		case !elfSystem(runtime.GOOS), known && lib.Machine != machine:
			return architecture
		}
		symbols, err := lib.DynamicSymbols()
		if err == nil && !slices.ContainsFunc(symbols, func(s elf.Symbol) bool { return s.Name == entry && s.Section != elf.SHN_UNDEF }) {
			return foreign
		}
		return nil
	}
	if lib, err := pe.NewFile(f); err == nil {
		if machine, known := peMachines[runtime.GOARCH]; runtime.GOOS != "windows" || known && lib.Machine != machine {
			return architecture
		}
		return nil
	}
	_, thin := macho.NewFile(f)
	_, fat := macho.NewFatFile(f)
	switch {
	case thin != nil && fat != nil:
		return foreign
	case runtime.GOOS != "darwin":
		return architecture
	}
	return nil
}

func elfSystem(goos string) bool { return goos != "windows" && goos != "darwin" }

var (
	elfMachines = map[string]elf.Machine{
		"amd64": elf.EM_X86_64, "386": elf.EM_386, "arm64": elf.EM_AARCH64, "arm": elf.EM_ARM, "riscv64": elf.EM_RISCV,
	}
	peMachines = map[string]uint16{
		"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "386": pe.IMAGE_FILE_MACHINE_I386, "arm64": pe.IMAGE_FILE_MACHINE_ARM64,
	}
)
