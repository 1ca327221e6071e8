/** What a referral and a placement have in common on a page: places, surcharges, authorised amounts, funding. */
import { priceClassName, surchargeName } from '../catalogue/rules-in-words.ts'
import type { FieldKind } from '../http/pages.tsx'
import { priceClassOf } from '../settlement/facts.ts'
import { More } from '../ui/blocks.tsx'
import { CheckboxesField, DecimalField, MoneyField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { type DescriptionItem, Unbroken } from '../ui/figures.tsx'
import { FieldRow, Fieldset, type FormState } from '../ui/form.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import type { FundingSource } from './funding.ts'
import { knownSources, sourceFromWords, sourceName } from './funding-words.ts'
import type { PlacementTerms } from './placement.ts'

/** A form has so many rows for sources: without scripts none can be added. */
const fundingRows = 6
/** How many of them are shown at first. */
const fundingRowsShown = 1
const shares = ['percent', 'per_unit', 'per_month'] as const
type Terms = Pick<PlacementTerms, 'places' | 'price_class' | 'surcharges' | 'authorised' | 'funding'>
type Values = Record<string, string | string[]>

export const termsKinds: Record<string, FieldKind> = {
  places: 'integer',
  surcharges: 'list',
  'authorised.per_month': 'decimal',
  'authorised.per_year': 'decimal',
  'authorised.total': 'decimal',
  ...Object.fromEntries(
    Array.from({ length: fundingRows }, (_, row) => row).flatMap((row) =>
      ['amount', 'cap_per_month', 'cap_total'].map((name) => [`funding.${row}.${name}`, 'decimal'] as const),
    ),
  ),
}

/** The form's flat fields as the terms' objects; rows that nobody filled in are left out. */
export function assembleTerms(values: Record<string, unknown>) {
  const { places, price_class, surcharges } = values
  return {
    ...(places === undefined ? {} : { places }),
    price_class: price_class ?? null,
    surcharges: surcharges ?? [],
    authorised: {
      per_month: values['authorised.per_month'] ?? null,
      per_year: values['authorised.per_year'] ?? null,
      total: values['authorised.total'] ?? null,
    },
    funding: filledRows(values).map((row) => {
      const of = (name: string) => values[`funding.${row}.${name}`]
      const source = of('source')
      return {
        source: typeof source === 'string' ? sourceFromWords(source) : source,
        [String(of('share') ?? 'percent')]: of('amount') ?? null,
        cap_per_month: of('cap_per_month') ?? null,
        cap_total: of('cap_total') ?? null,
        collected_by: of('collected_by') ?? 'seller',
      }
    }),
  }
}

/** Errors of the assembled funding, at the fields they were typed into. */
export function errorsAtFields(state: FormState): FormState {
  const rows = filledRows(state.values)
  const errors = state.errors.map((error) => {
    const match = /^funding\.(\d+)\.(\w+)$/.exec(error.path)
    if (match === null) return error
    const name = (shares as readonly string[]).includes(match[2]!) ? 'amount' : match[2]
    return { ...error, path: `funding.${rows[Number(match[1])] ?? match[1]}.${name}` }
  })
  return { ...state, errors }
}

function filledRows(values: Record<string, unknown>): number[] {
  return Array.from({ length: fundingRows }, (_, row) => row).filter((row) =>
    ['source', 'amount', 'cap_per_month', 'cap_total'].some((name) => (values[`funding.${row}.${name}`] ?? '') !== ''),
  )
}

/** Terms as the values of the form's fields. */
export function termsValues(view: View, terms: Terms): Values {
  const values: Values = {
    places: String(terms.places),
    price_class: terms.price_class ?? '',
    surcharges: terms.surcharges,
    'authorised.per_month': terms.authorised.per_month ?? '',
    'authorised.per_year': terms.authorised.per_year ?? '',
    'authorised.total': terms.authorised.total ?? '',
  }
  for (const [row, source] of terms.funding.entries()) {
    const share = shares.find((name) => source[name] !== undefined) ?? 'percent'
    values[`funding.${row}.source`] = sourceName(source.source, view)
    values[`funding.${row}.share`] = share
    values[`funding.${row}.amount`] = source[share] ?? ''
    values[`funding.${row}.cap_per_month`] = source.cap_per_month ?? ''
    values[`funding.${row}.cap_total`] = source.cap_total ?? ''
    values[`funding.${row}.collected_by`] = source.collected_by
  }
  return values
}

type Surcharges = Record<string, { percent: string } | { per_unit: string }>

/** Surcharges that the offer has or the placement already takes. */
export function SurchargeFields(props: { unit: string; offered: Surcharges; taken: string[]; chosen?: string[] }) {
  const { unit, offered, taken, chosen = [] } = props
  const view = useView()
  const names = [...new Set([...Object.keys(offered), ...taken])]
  if (names.length === 0) return null
  return (
    <CheckboxesField
      name="surcharges"
      label={view.t('referral.surcharges')}
      hint={view.t('referral.surcharges_hint')}
      optional
      value={chosen}
      options={names.map((name) => ({ value: name, label: surchargeLabel(view, unit, name, offered[name]) }))}
    />
  )
}

function surchargeLabel(view: View, unit: string, name: string, surcharge: Surcharges[string] | undefined): string {
  const words = surchargeName(view, name)
  if (surcharge === undefined) return words
  const price =
    'percent' in surcharge
      ? `+${view.format.percent(surcharge.percent)}`
      : `+${view.format.pricePer(surcharge.per_unit, unit)}`
  return `${words} (${price})`
}

export function AuthorisedFields({ unit }: { unit: string }) {
  const { t } = useView()
  return (
    <Fieldset
      legend={t('referral.authorised')}
      hint={t('referral.authorised_hint', { unit: t(`unit.${unit as 'hour'}`) })}
    >
      <FieldRow>
        <DecimalField name="authorised.per_month" label={t('referral.per_month')} optional />
        <DecimalField name="authorised.per_year" label={t('referral.per_year')} optional />
        <DecimalField name="authorised.total" label={t('referral.total')} optional />
      </FieldRow>
    </Fieldset>
  )
}

/** Rows for funding sources: one of them open, the others for who needs them. */
export function FundingFields({ values }: { values: Values }) {
  const { t } = useView()
  const open = Math.max(fundingRowsShown, (filledRows(values).at(-1) ?? -1) + 1)
  const rows = Array.from({ length: fundingRows }, (_, row) => row)
  return (
    <Fieldset legend={t('funding.title')} hint={t('funding.hint')}>
      {rows.slice(0, open).map((row) => (
        <FundingRow row={row} />
      ))}
      {open < fundingRows && (
        <More label={t('funding.more')}>
          {rows.slice(open).map((row) => (
            <FundingRow row={row} />
          ))}
        </More>
      )}
    </Fieldset>
  )
}

function FundingRow({ row }: { row: number }) {
  const { t } = useView()
  return (
    <Fieldset legend={t('funding.row', { number: row + 1 })}>
      <FieldRow>
        <TextField
          name={`funding.${row}.source`}
          label={t('funding.source')}
          width="medium"
          maxlength={60}
          suggestions={knownSources.map((code) => t(`funding.source.${code}`))}
          optional
        />
        <SelectField
          name={`funding.${row}.share`}
          label={t('funding.share')}
          value="percent"
          empty={false}
          options={shares.map((share) => ({ value: share, label: t(`funding.share.${share}`) }))}
        />
        <DecimalField name={`funding.${row}.amount`} label={t('funding.amount')} optional />
      </FieldRow>
      <FieldRow>
        <SelectField
          name={`funding.${row}.collected_by`}
          label={t('funding.collected_by')}
          value="seller"
          empty={false}
          options={(['seller', 'buyer'] as const).map((side) => ({
            value: side,
            label: t(`funding.collected_by.${side}`),
          }))}
        />
        <MoneyField name={`funding.${row}.cap_per_month`} label={t('funding.cap_per_month')} optional />
        <MoneyField name={`funding.${row}.cap_total`} label={t('funding.cap_total')} optional />
      </FieldRow>
    </Fieldset>
  )
}

/** The terms as facts to read. */
export function termsItems(
  view: View,
  it: Terms & { unit: string; seller_id: string; buyer_id: string },
): DescriptionItem[] {
  const { t, format } = view
  const auto = priceClassName(view, priceClassOf({ price_class: null, buyer: it.buyer_id, seller: it.seller_id }))
  const limits = (['per_month', 'per_year', 'total'] as const).flatMap((name) => {
    const quantity = it.authorised[name]
    return quantity === null
      ? []
      : [t(`referral.authorised_${name}`, { quantity: format.quantityOf(quantity, it.unit) })]
  })
  return [
    { term: t('referral.places'), text: format.quantity(it.places) },
    {
      term: t('referral.price_class'),
      text:
        it.price_class === null
          ? t('placement.price_class_auto', { class: auto })
          : priceClassName(view, it.price_class),
    },
    {
      term: t('referral.surcharges'),
      text:
        it.surcharges.length === 0
          ? t('common.none')
          : it.surcharges.map((name) => surchargeName(view, name)).join(', '),
    },
    { term: t('referral.authorised'), text: limits.length === 0 ? t('referral.no_limit') : limits.join(', ') },
  ]
}

export function FundingTable({ funding }: { funding: FundingSource[] }) {
  const view = useView()
  const { t, format } = view
  if (funding.length === 0) return <p>{t('funding.none')}</p>
  const share = (source: FundingSource) => {
    if (source.percent !== undefined) return t('funding.percent', { amount: format.percent(source.percent) })
    if (source.per_unit !== undefined) return t('funding.per_unit', { amount: format.unitPrice(source.per_unit) })
    return t('funding.per_month', { amount: format.money(source.per_month ?? '0') })
  }
  const cap = (amount: string | undefined) => (amount === undefined ? '–' : format.money(amount))
  return (
    <Table
      caption={t('funding.caption')}
      captionHidden
      rows={funding}
      columns={[
        {
          header: t('funding.source'),
          names: true,
          cell: (row) => (
            <TwoLines under={t('funding.collected', { by: t(`funding.collected_by.${row.collected_by}`) })}>
              {sourceName(row.source, view)}
            </TwoLines>
          ),
        },
        { header: t('funding.amount'), numeric: true, cell: share },
        { header: t('funding.cap_per_month'), numeric: true, cell: (row) => cap(row.cap_per_month) },
        { header: t('funding.cap_total'), numeric: true, cell: (row) => cap(row.cap_total) },
      ]}
    />
  )
}

export type Named = { resident_id: string | null; resident_token: string | null }

/** The token, and the name for who may read it, leading to the person. */
export function Who({ of, name }: { of: Named; name: string | undefined }) {
  const { t } = useView()
  if (of.resident_token === null) return <>{t('resident.reserved')}</>
  if (name === undefined) return <Unbroken text={of.resident_token} />
  return (
    <span>
      <a href={`/residents/${of.resident_id}`}>{name}</a> · <Unbroken text={of.resident_token} />
    </span>
  )
}

/** Who it is about, in a heading: the token, never a name, because a title stands in the browser's history. */
export function tokenOf(view: View, of: Named): string {
  return of.resident_token ?? view.t('resident.reserved')
}

/** By which decision it is asked for, and what else the other party should know. */
export function DecisionFields({ hint }: { hint?: string }) {
  const { t } = useView()
  return (
    <Fieldset legend={t('referral.decision_and_note')}>
      <TextField
        name="decision"
        label={t('referral.decision')}
        hint={t('referral.decision_hint')}
        width="medium"
        optional
      />
      <TextAreaField name="note" label={t('referral.note')} {...(hint && { hint })} maxlength={2000} optional />
    </Fieldset>
  )
}
