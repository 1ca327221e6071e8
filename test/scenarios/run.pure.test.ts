import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const data = 'test/scenarios/data'

async function run(...files: string[]): Promise<{ status: number; lines: Record<string, unknown>[] }> {
  const command = promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/scenario/run.ts', ...files])
  const { code = 0, stdout } = await command.then(
    (done) => ({ code: 0, ...done }),
    (failed) => failed,
  )
  return {
    status: code,
    lines: stdout
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line)),
  }
}

test('each file prints one line, with its result or the error that refuses it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-'))
  const broken = join(folder, 'broken.json')
  await writeFile(broken, '{ "parties": [')
  const { status, lines } = await run(
    `${data}/departure-day-free.json`,
    `${data}/refused-overlapping-prices.json`,
    broken,
  )
  expect(lines).toMatchObject([
    { file: `${data}/departure-day-free.json`, result: { documents: [{ total: '288.15' }], transfers: [] } },
    { file: `${data}/refused-overlapping-prices.json`, error: 'offers[0]: price versions overlap' },
    { file: broken, error: expect.stringContaining('not JSON') },
  ])
  expect(status).toBe(0)
})

test('a file that cannot be read is named, the others are played, and the exit status says so', async () => {
  const { status, lines } = await run('nowhere.json', `${data}/departure-day-free.json`)
  expect(lines).toMatchObject([
    { file: 'nowhere.json', error: expect.stringContaining('cannot be read') },
    { result: {} },
  ])
  expect(status).toBe(1)
})

test('every document is written as an e-invoice and on paper, by its place in the result', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'scenario-')), 'documents')
  const { lines, status } = await run('--documents', folder, `${data}/three-way-netting.json`)
  const { documents } = lines[0]!.result as { documents: { total: string }[] }
  const names = documents.flatMap((_, index) => [`three-way-netting-${index}.pdf`, `three-way-netting-${index}.xml`])
  expect((await readdir(folder)).sort()).toEqual(names.sort())
  for (const [index, { total }] of documents.entries()) {
    const xml = await readFile(join(folder, `three-way-netting-${index}.xml`), 'utf8')
    expect(xml).toContain(`<cbc:PayableAmount currencyID="EUR">${total}</cbc:PayableAmount>`)
  }
  expect(status).toBe(0)
})

test('what is not understood is said, with how it is meant', async () => {
  for (const wrong of [['--nonsense', 'x.json'], ['--documents'], []]) {
    const command = promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/scenario/run.ts', ...wrong])
    await expect(command).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('usage') })
  }
})
