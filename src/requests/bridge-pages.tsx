/** Asking for a place for the time until another one begins: on one page, because it is urgent. */
import { isPlainDate } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import { type App, type C, requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { isId } from '../ids.ts'
import { Bridges } from '../placements/bridge.ts'
import { type BridgingOffer, bridgingOffers, findAwaited } from '../placements/bridge-store.ts'
import { namesOf } from '../placements/store.ts'
import { DecisionFields, Who } from '../placements/terms-fields.tsx'
import { refuse } from '../refusal.ts'
import { Empty } from '../ui/blocks.tsx'
import { Actions, Button } from '../ui/button.tsx'
import { CheckboxesField, DateField } from '../ui/field.tsx'
import { emptyForm, FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import type { View } from '../ui/view.ts'
import { askForPlaces } from './commands.ts'
import { crisisHours, mostOffersAsked, RequestInput } from './request.ts'

const kinds = { offer_ids: 'list', wanted_from: 'date', wanted_to: 'date' } as const

export function bridgePages(app: App): void {
  app.get('/bridges/new', requires('referral.request'), async (c) => {
    const values = { wanted_from: c.get('ctx').clock.today() }
    return show(c, await formPage(c, { ...emptyForm, values }))
  })
  app.post('/bridges/new', requires('referral.request'), async (c) => {
    const { resident_id } = (await readForm(c, '')).awaited
    return answerForm(c, {
      schema: RequestInput,
      kinds,
      assemble: ({ offer_ids, wanted_from, wanted_to = null, decision = null, note = null }) => ({
        ...{ offer_ids, resident_id, wanted_from, wanted_to, decision, note },
        ...{ mode: 'first_fit', crisis: true, bridges: awaitedOf(c) },
        ...{ surcharges: [], authorised: {}, funding: [] },
      }),
      act: async (input, ctx) => `/requests/${(await askForPlaces(ctx, input)).id}?done=request_sent`,
      page: (state) => formPage(c, state),
    })
  })
}

/** `?bridges=queue_entry.<id>`. @throws Refusal `not_found` */
function awaitedOf(c: C): Bridges {
  const [awaits, id] = (c.req.query('bridges') ?? '').split('.')
  const read = Bridges.safeParse({ awaits, id })
  return read.success && isId(read.data.id) ? read.data : refuse('not_found')
}

async function readForm(c: C, on: string) {
  const ctx = c.get('ctx')
  const of = awaitedOf(c)
  return transact(ctx, async (tx) => {
    const awaited = (await findAwaited(tx, organisationOf(ctx.actor), of)) ?? refuse('not_found')
    const offers = on === '' ? [] : await bridgingOffers(tx, awaited.kinds, on)
    return { of, awaited, offers, names: await namesOf(tx, [awaited]) }
  })
}

async function formPage(c: C, state: FormState) {
  const wanted = state.values.wanted_from
  const on = isPlainDate(wanted) ? wanted : c.get('ctx').clock.today()
  return <FormPage view={viewFor(c)} state={state} on={on} {...(await readForm(c, on))} />
}

type Read = Awaited<ReturnType<typeof readForm>>

function FormPage({
  view,
  state,
  on,
  of,
  awaited,
  offers,
  names,
}: { view: View; state: FormState; on: string } & Read) {
  const { t, format } = view
  const bridges = `${of.awaits}.${of.id}`
  const refused = state.errors.some(({ path }) => path === '')
  const chosen = offers.filter(({ id }) => [state.values.offer_ids].flat().includes(id))
  return (
    <Layout
      view={view}
      title={t('bridge.ask')}
      lead={t('bridge.form_lead', { hours: crisisHours })}
      active="/requests"
      breadcrumbs={[{ href: '/requests', text: t('request.list') }]}
    >
      <p>
        <Who of={awaited} name={names.get(awaited.resident_id)} />
      </p>
      {refused && chosen.length > 0 && (
        <Notice kind="info">
          <p>{t('bridge.or_one')}</p>
          {chosen.map(({ id, title }) => (
            <p>
              <a href={`/referrals/new?offer=${id}&resident=${awaited.resident_id}&from=${on}&bridges=${bridges}`}>
                {title}
              </a>
            </p>
          ))}
        </Notice>
      )}
      {offers.length === 0 ? (
        <Empty icon="catalogue" title={t('bridge.none')}>
          {t('bridge.none_text')}
        </Empty>
      ) : (
        <Form action={`/bridges/new?bridges=${bridges}`} state={state}>
          <FieldRow>
            <DateField name="wanted_from" label={t('referral.wanted_from')} />
            <DateField name="wanted_to" label={t('bridge.longest')} hint={t('bridge.longest_hint')} optional />
          </FieldRow>
          <CheckboxesField
            name="offer_ids"
            label={t('bridge.where')}
            hint={t('bridge.where_hint', { count: mostOffersAsked, date: format.date(on) })}
            options={offers.map((offer) => ({
              value: offer.id,
              label: `${offer.title} · ${offer.seller_name}`,
              hint: freeText(view, offer),
            }))}
          />
          <DecisionFields />
          <Actions>
            <Button>{t('request.send')}</Button>
          </Actions>
        </Form>
      )}
    </Layout>
  )
}

function freeText({ t }: View, { free, locality }: BridgingOffer): string {
  const places =
    free === null ? t('capacity.unlimited') : free > 0 ? t('common.free_places', { count: free }) : t('capacity.full')
  return [locality, places].filter(Boolean).join(' · ')
}
