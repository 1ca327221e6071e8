import { expect, test } from 'vitest'
import { toldKindCodes } from '../../src/notices/notice.ts'
import { sources } from '../support/sources.ts'

test('every kind of notice is told by somebody', () => {
  const others = sources()
    .filter(({ module }) => module !== 'notices' && module !== 'demo')
    .map(({ text }) => text)
    .join('\n')
  expect(toldKindCodes.filter((kind) => !others.includes(`'${kind}'`))).toEqual([])
})
