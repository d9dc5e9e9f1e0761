import { expect, test } from '@jest/globals';
import { overlay } from './merge.ts';

test('our values replace leaves and lists of the sample and leave the rest', () => {
  const sample = { peer: { id: 'x', gossip: { bootstrap: 'y', orgLeader: true } }, list: [1, 2], empty: null };
  const over = { peer: { gossip: { bootstrap: 'z' } }, list: [3], empty: { at: 1 } };
  expect(overlay(sample, over)).toEqual({
    peer: { id: 'x', gossip: { bootstrap: 'z', orgLeader: true } },
    list: [3],
    empty: { at: 1 },
  });
  expect(sample.peer.gossip.bootstrap).toBe('y');
});
