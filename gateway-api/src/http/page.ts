/** Lists come in pages: `?limit=&cursor=` → `{items, nextCursor}` and `Link: rel="next"`. */
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import type { Exchange, Reply } from './route.ts';

export const defaultLimit = 50;
export const maxLimit = 200;

export class PageQuery {
  @IsOptional() @IsInt() @Min(1) @Max(maxLimit) limit?: number;
  /** Opaque; from `nextCursor` of the page before. */
  @IsOptional() @IsString() @MaxLength(512) @Matches(/^[A-Za-z0-9_-]+$/) cursor?: string;
}

/**
 * @param counted with `total`: how many items the whole list has, for whoever may know
 * @returns the page as an answer; without a next cursor it is the last one
 */
export function page(
  exchange: Pick<Exchange, 'raw'>,
  items: readonly unknown[],
  nextCursor: string | undefined,
  counted: { readonly total?: number } = {},
): Reply {
  if (nextCursor === undefined) return { status: 200, body: { items, ...counted } };
  const next = new URL(exchange.raw.originalUrl, 'http://localhost');
  next.searchParams.set('cursor', nextCursor);
  return {
    status: 200,
    body: { items, nextCursor, ...counted },
    headers: { link: `<${next.pathname}${next.search}>; rel="next"` },
  };
}
