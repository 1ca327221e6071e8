import { expect, test } from 'vitest'
import { z } from 'zod'
import { date, inOrder } from '../../src/http/fields.ts'

test('a period may be open at either end; closed at both, it ends no earlier than it begins', () => {
  const period = z
    .object({ from: date().nullable().optional(), to: date().nullable().optional() })
    .refine(...inOrder('from', 'to'))
  const answer = (given: object) => period.safeParse(given).error?.issues.map(({ path, message }) => [...path, message])
  for (const open of [{}, { to: '2026-04-01' }, { from: null, to: '2026-04-01' }, { from: '2026-04-01' }])
    expect(answer(open)).toBeUndefined()
  expect(answer({ from: '2026-04-01', to: '2026-04-01' })).toBeUndefined()
  expect(answer({ from: '2026-04-02', to: '2026-04-01' })).toEqual([['to', 'validation.end_before_start']])
})
