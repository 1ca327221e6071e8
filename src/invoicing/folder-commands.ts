/** The documents of a month as files in a folder. Node only. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Month } from '../calendar.ts'
import type { Context } from '../context.ts'
import { transact } from '../context.ts'
import { readProjectFile } from '../files.ts'
import { documentsAtOnce, facesOf, fileNamer } from './bulk.ts'
import { documentNames, getDocuments } from './bulk-store.ts'
import { pdfMaker } from './pdf.ts'

/**
 * Writes the PDF and the e-invoice of every document that the month's closes issued. A file appears whole or not at all:
 * it is written beside under a name of its own and then renamed, so that a killed run leaves no half of one.
 * @throws Error with a sentence where the folder cannot be written
 */
export async function writeMonth(
  ctx: Context,
  month: Month,
  folder: string,
): Promise<{ documents: number; files: number }> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Error(`The folder ${folder} cannot be made: ${error.message}`)
  })
  const names = await transact(ctx, (tx) => documentNames(tx, { of: null, month, type: null, counterparty_id: null }))
  const makePdf = pdfMaker(readProjectFile)
  const nameOf = fileNamer()
  let files = 0
  for (let start = 0; start < names.length; start += documentsAtOnce) {
    const ids = names.slice(start, start + documentsAtOnce).map((each) => each.id)
    for (const document of await transact(ctx, (tx) => getDocuments(tx, ids))) {
      for (const { name, bytes } of await facesOf(document.record, nameOf(document.record.number), makePdf)) {
        await writeWhole(join(folder, name), bytes)
        files += 1
      }
    }
  }
  return { documents: names.length, files }
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const beside = `${file}.${process.pid}.part`
  try {
    await writeFile(beside, bytes)
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw new Error(`The file ${file} cannot be written: ${(error as Error).message}`)
  }
}
