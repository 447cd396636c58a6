import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["node_modules/", "extension/vendor/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2025, globals: { ...globals.es2024 } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["extension/worker/**/*.js"],
    languageOptions: { sourceType: "module", globals: { ...globals.serviceworker, chrome: "readonly", document: "readonly", history: "readonly" } },
  },
  {
    files: ["extension/panel/**/*.js"],
    languageOptions: { sourceType: "module", globals: { ...globals.browser, chrome: "readonly" } },
    rules: {
      // Page titles are untrusted: textContent only.
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property })),
      ],
    },
  },
  {
    files: ["extension/content/**/*.js"],
    languageOptions: { sourceType: "script", globals: { ...globals.browser, chrome: "readonly", rubato: "readonly" } },
  },
  {
    files: ["*.mjs", "*.config.js", "../tests/**/*.js"],
    languageOptions: { sourceType: "module", globals: { ...globals.node } },
    rules: { "no-console": "off" },
  },
];
