/** What accounts are called in an organisation's own bookkeeping: its codes by role, and by service kind where it wants that. */
import { z } from '@hono/zod-openapi'
import { choice, optionalText, text } from '../http/fields.ts'
import { type AccountRole, accountRoles } from './book.ts'

/** Roles whose accounts may differ by service kind. */
export const rolesByKind: readonly AccountRole[] = ['revenue', 'cost']

const codes = {
  code: text(20).openapi({ description: 'the number of the account in the own chart', example: '2312' }),
  name: text(200).openapi({ description: 'what the account is called there' }),
  economic_code: optionalText(20).openapi({ description: 'economic classification (EKK)', example: '7210' }),
  functional_code: optionalText(20).openapi({ description: 'functional classification', example: '10.700' }),
}
const kindCode = z
  .string('validation.invalid')
  .regex(/^[a-z0-9-]{1,60}$/, 'validation.kind_code')
  .nullable()
  .optional()
  .default(null)

export const AccountSubject = z.strictObject({ role: choice(accountRoles), kind_code: kindCode })
export type AccountSubject = z.infer<typeof AccountSubject>

export const AccountInput = z
  .strictObject({ role: choice(accountRoles), kind_code: kindCode, ...codes })
  .refine((input) => input.kind_code === null || rolesByKind.includes(input.role), {
    path: ['kind_code'],
    message: 'validation.choice',
  })
  .openapi('LedgerAccountInput')
export type AccountInput = z.infer<typeof AccountInput>

export const Account = z
  .object({
    role: z.enum(accountRoles),
    kind_code: z.string().nullable().openapi({ description: 'null: for the whole role' }),
    code: z.string(),
    name: z.string().nullable().openapi({ description: 'null: called by its role' }),
    economic_code: z.string().nullable(),
    functional_code: z.string().nullable(),
    usual: z.boolean().openapi({ description: 'an example that nobody has set yet' }),
  })
  .openapi('LedgerAccount')
export type Account = z.infer<typeof Account>

/**
 * Examples in the manner of the chart of accounts and the classifications of Latvian budget institutions. Each municipality has a
 * chart of its own: its bookkeeper sets what holds there.
 */
const examples: Record<AccountRole, { code: string; economic_code?: string; functional_code?: string }> = {
  receivable: { code: '2310' },
  payable: { code: '5310' },
  revenue: { code: '6200', economic_code: '19.2.0.0', functional_code: '10.700' },
  cost: { code: '7200', economic_code: '7210', functional_code: '10.700' },
  vat_out: { code: '5721' },
  vat_in: { code: '5722' },
  funder_claim: { code: '2350' },
  bank: { code: '2620' },
  unapplied: { code: '5910' },
  set_off: { code: '2390' },
  write_off: { code: '8500' },
  interest_receivable: { code: '2380' },
  interest_payable: { code: '5380' },
  interest_income: { code: '8110' },
  interest_cost: { code: '8210' },
  bank_charge: { code: '7230', economic_code: '2236' },
}

function exampleOf(role: AccountRole): Account {
  const { code, economic_code = null, functional_code = null } = examples[role]
  return { role, kind_code: null, code, name: null, economic_code, functional_code, usual: true }
}

/** All accounts of an organisation: one for each role, its own or the example, then those of single kinds. */
export function chartOf(own: readonly Account[]): Account[] {
  const whole = accountRoles.map(
    (role) => own.find((row) => row.role === role && row.kind_code === null) ?? exampleOf(role),
  )
  return [...whole, ...own.filter((row) => row.kind_code !== null)]
}

/** The account on which a line stands. */
export function accountOf(chart: readonly Account[], role: AccountRole, kind_code: string | null): Account {
  const ofKind = kind_code === null ? undefined : chart.find((row) => row.role === role && row.kind_code === kind_code)
  return ofKind ?? chart.find((row) => row.role === role && row.kind_code === null) ?? exampleOf(role)
}
