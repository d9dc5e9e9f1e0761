/** Test files run in the order of their paths: what leaves a network tampered with comes last by its name. */
import Sequencer from '@jest/test-sequencer';

export default class ByPath extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}
