/** A media type as RFC 9110 writes it; anything else is bytes. */
export function mediaTypeOf(header: string | undefined): string {
  return header !== undefined && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[\w\s="+.-]+)?$/.test(header)
    ? header
    : 'application/octet-stream';
}
