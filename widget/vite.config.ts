/** Builds one file per run, named by the mode, so that the launcher and the panel share no third file. */
import { defineConfig, type Plugin } from "vite";

/** In minified code, only templates still have indented lines; none of their elements needs the space. */
const joinLines: Plugin = {
  name: "join-lines",
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === "chunk") file.code = file.code.replace(/\n +/g, " ").replace(/> </g, "><");
    }
  },
};

export default defineConfig(({ mode }) => ({
  plugins: [joinLines],
  build: {
    emptyOutDir: false,
    modulePreload: false,
    target: "es2022",
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    rollupOptions: {
      input: `src/${mode}.ts`,
      preserveEntrySignatures: false,
      output: { format: "es", entryFileNames: `${mode}.js` },
    },
  },
}));
