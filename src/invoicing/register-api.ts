/** A register as files for spreadsheets, under one address with two endings. */
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerFile } from '../http/file.ts'
import type { Permission } from '../identity/permissions.ts'
import { type RegisterColumn, registerCsv, registerXlsx } from './register.ts'

export interface Register<Row> {
  rows: readonly Row[]
  columns: readonly RegisterColumn<Row>[]
  /** how CSV writes decimals */
  decimal: 'comma' | 'point'
  /** of the file, without its ending */
  name: string
  /** of the workbook's sheet */
  sheet: string
}

/** @param read what the address asks for; it refuses what cannot be read */
export function registerFiles<Row>(
  app: App,
  address: string,
  permission: Permission,
  read: (c: C) => Promise<Register<Row>>,
): void {
  app.get(`${address}.csv`, requires(permission), async (c) => {
    const { rows, columns, decimal, name } = await read(c)
    return answerFile(c, name, 'csv', registerCsv(columns, rows, decimal))
  })
  app.get(`${address}.xlsx`, requires(permission), async (c) => {
    const { rows, columns, name, sheet } = await read(c)
    const workbook = await registerXlsx(columns, rows, sheet)
    return answerFile(c, name, 'xlsx', await workbook.arrayBuffer())
  })
}
