/** A `sub` of access tokens: printable ASCII without spaces (OpenID Connect Core 1.0 §2: ASCII). */
export const subjectPattern = /^[\x21-\x7e]{1,128}$/;
