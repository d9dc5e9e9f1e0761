import type { AnswerStore, KeptAnswer } from './answers.ts';

export function answersInMemory(): AnswerStore {
  const all: KeptAnswer[] = [];
  return {
    keep: (answer) => void all.unshift(answer),
    since: async (since, limit) => all.filter(({ at }) => at > since).slice(0, limit),
  };
}
