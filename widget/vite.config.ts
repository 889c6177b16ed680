/** Builds one file per run, named by the mode, so that the launcher and the panel share no third file. */
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  build: {
    emptyOutDir: false,
    modulePreload: false,
    target: "es2022",
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    rollupOptions: {
      input: `src/${mode}.ts`,
      preserveEntrySignatures: "strict",
      output: { format: "es", entryFileNames: `${mode}.js` },
    },
  },
}));
