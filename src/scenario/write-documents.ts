/** The documents of scenarios as files: e-invoice and paper. Node only. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readProjectFile } from '../files.ts'
import { pdfMaker } from '../invoicing/pdf.ts'
import { ublOf } from '../invoicing/ubl.ts'
import { recordsOf } from './documents.ts'
import type { Scenario } from './format.ts'

/** Writes `NAME-N.xml` and `NAME-N.pdf` of every document into a folder, which is made where it is missing. */
export async function documentWriter(folder: string): Promise<(scenario: Scenario, name: string) => Promise<void>> {
  await mkdir(folder, { recursive: true })
  const makePdf = pdfMaker(readProjectFile)
  return async (scenario, name) => {
    for (const [index, record] of recordsOf(scenario).entries()) {
      await writeFile(join(folder, `${name}-${index}.xml`), ublOf(record))
      await writeFile(join(folder, `${name}-${index}.pdf`), await makePdf(record))
    }
  }
}
