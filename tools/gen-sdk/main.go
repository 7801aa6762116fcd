// gen-sdk writes the Node SDK of a Pulumi package from its schema, with Pulumi's own code generator.
// The Pulumi CLI does the same in `pulumi package gen-sdk`, but only beside a language host that no registry serves.
package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// Made beside the SDK by others: dependencies and the compiled form.
var keep = []string{"node_modules", "bin"}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gen-sdk SCHEMA.json OUTDIR")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "gen-sdk:", err)
		os.Exit(1)
	}
}

func run(schemaFile, outDir string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return fmt.Errorf("%s: %w", schemaFile, err)
	}
	// A loader that knows no other package: ours must stand alone, and nothing may be downloaded here.
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return fmt.Errorf("%s: %w", schemaFile, err)
	}
	for _, d := range diagnostics {
		fmt.Fprintf(os.Stderr, "gen-sdk: %s: %s\n", schemaFile, d.Summary)
	}
	if diagnostics.HasErrors() {
		return fmt.Errorf("%s does not describe a package; see above", schemaFile)
	}
	files, err := nodejs.GeneratePackage("gen-sdk", pkg, nil, nil, false, nil)
	if err != nil {
		return err
	}
	return write(files, outDir)
}

// write puts the new SDK in place of the old one: a file that the generator no longer makes must not stay behind.
func write(files map[string][]byte, outDir string) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(outDir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, files[name], 0o644); err != nil {
			return err
		}
	}
	return filepath.WalkDir(outDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(outDir, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains(keep, name) {
				return fs.SkipDir
			}
			return nil
		}
		if _, made := files[filepath.ToSlash(name)]; made {
			return nil
		}
		return os.Remove(path)
	})
}
