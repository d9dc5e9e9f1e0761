declare const configuration: { readonly forbidden: readonly { readonly name: string; readonly severity: string }[] };
export default configuration;
