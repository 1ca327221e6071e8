/** How we want to receive documents: for all sellers, and for single ones where that differs. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { answerForm, formValues, show, viewFor } from '../http/pages.tsx'
import { namedSchemes } from '../identity/electronic-address.ts'
import { getOrganisation, listOrganisations, type OrganisationRow } from '../identity/store.ts'
import { Prose, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { DescriptionList } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { channels, type DocumentWishes, type Wish, WishInput, type WishShown, wishesFrom, wishLines } from './wish.ts'
import { removeDocumentWishes, setDocumentWishes } from './wish-commands.ts'
import { findWish, listWishes } from './wish-store.ts'

const home = '/document-wishes'
const most = { limit: 1000, after: null }

export function wishPages(app: App): void {
  app.get(home, requires('wish.manage'), async (c) => show(c, await overview(c, emptyForm)))
  app.get(`${home}/edit`, requires('wish.manage'), async (c) => {
    const { seller, wish } = await loadAsked(c)
    return show(c, <EditPage view={viewFor(c)} seller={seller} state={{ values: valuesOf(wish), errors: [] }} />)
  })
  app.post(`${home}/edit`, requires('wish.manage'), (c) =>
    answerForm(c, {
      schema: WishInput,
      kinds: {},
      assemble: ({ pdf_in_xml, ...rest }) => ({
        ...rest,
        ...(pdf_in_xml === undefined ? {} : { pdf_in_xml: pdf_in_xml === 'yes' }),
      }),
      act: async (input, ctx) => {
        const { seller } = await loadAsked(c)
        await setDocumentWishes(ctx, seller?.id ?? null, input)
        return `${home}?done=wishes_saved`
      },
      page: async (state) => <EditPage view={viewFor(c)} seller={(await loadAsked(c)).seller} state={state} />,
    }),
  )
  app.post(`${home}/choose`, requires('wish.manage'), (c) =>
    answerForm(c, {
      schema: z.object({ seller: id() }),
      kinds: {},
      act: async ({ seller }) => `${home}/edit?seller=${seller}`,
      page: (state) => overview(c, state),
    }),
  )
  app.post(`${home}/remove`, requires('wish.manage'), async (c) => {
    const { seller } = await formValues(c)
    await removeDocumentWishes(c.get('ctx'), String(seller ?? ''))
    return c.redirect(`${home}?done=wishes_removed`, 303)
  })
}

/** The seller that the address names, none for all, and what was said for it. @throws Refusal `not_found` */
async function loadAsked(c: C): Promise<{ seller: OrganisationRow | null; wish: WishShown | null }> {
  const ctx = c.get('ctx')
  const asked = c.req.query('seller') ?? ''
  return transact(ctx, async (tx) => {
    const seller = asked === '' ? null : await getOrganisation(tx, asked)
    return { seller, wish: await findWish(tx, organisationOf(ctx.actor), seller?.id ?? null) }
  })
}

async function overview(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const found = await transact(ctx, async (tx) => ({
    wishes: await listWishes(tx, own),
    buyer: await getOrganisation(tx, own),
    others: (await listOrganisations(tx, most)).filter((row) => row.kind !== 'region' && row.id !== own),
  }))
  return <WishesPage view={viewFor(c)} {...found} state={state} />
}

function valuesOf(wish: WishShown | null): Record<string, string> {
  if (wish === null) return {}
  const { pdf_in_xml, ...rest } = wish
  const said = Object.entries(rest).map(([name, value]) => [name, value ?? ''] as const)
  return { ...Object.fromEntries(said), pdf_in_xml: pdf_in_xml === null ? '' : pdf_in_xml ? 'yes' : 'no' }
}

type Listed = WishShown & { seller_name: string | null }
type Overview = { view: View; wishes: Listed[]; buyer: OrganisationRow; others: OrganisationRow[]; state: FormState }

function WishesPage({ view, wishes, buyer, others, state }: Overview) {
  const { t } = view
  const general = wishes.find((wish) => wish.seller_id === null)
  const single = wishes.filter((wish) => wish.seller_id !== null)
  const free = others.filter((other) => !single.some((wish) => wish.seller_id === other.id))
  return (
    <Layout
      view={view}
      active="/invoices"
      title={t('wish.title')}
      lead={t('wish.lead')}
      breadcrumbs={[{ href: '/invoices?role=received', text: t('invoice.list') }]}
      actions={
        <LinkButton href={`${home}/edit`} kind="primary" icon="pencil">
          {t('action.edit')}
        </LinkButton>
      }
    >
      <Section title={t('wish.for_all')}>
        <DescriptionList columns items={said(wishesFrom(undefined, general, buyer), buyer, view)} />
      </Section>
      <Section title={t('wish.for_single')} lead={t('wish.for_single_lead')}>
        {single.length > 0 && (
          <Table
            caption={t('wish.for_single')}
            captionHidden
            rows={single}
            columns={[
              {
                header: t('invoice.seller'),
                names: true,
                cell: (wish) => <a href={`${home}/edit?seller=${wish.seller_id}`}>{wish.seller_name}</a>,
              },
              { header: t('wish.differs'), cell: (wish) => differences(wish, view) },
              {
                header: t('common.actions'),
                bare: true,
                cell: (wish) => (
                  <Confirm
                    action={`${home}/remove`}
                    fields={{ seller: wish.seller_id! }}
                    label={t('wish.remove')}
                    id={`remove-${wish.id}`}
                  >
                    <p>{t('wish.remove_text', { seller: wish.seller_name ?? '' })}</p>
                  </Confirm>
                ),
              },
            ]}
          />
        )}
        {free.length > 0 && (
          <Form action={`${home}/choose`} state={state}>
            <FieldRow>
              <SelectField
                name="seller"
                label={t('invoice.seller')}
                options={free.map((other) => ({ value: other.id, label: other.name }))}
              />
            </FieldRow>
            <Actions>
              <Button kind="secondary">{t('wish.add_single')}</Button>
            </Actions>
          </Form>
        )}
      </Section>
    </Layout>
  )
}

/** What holds, with what is usual where nothing was said. */
function said(wishes: DocumentWishes, buyer: OrganisationRow, { t }: View) {
  const { channel, email, einvoice_scheme, einvoice_id, institution_code, lines, pdf_in_xml } = wishes
  const { budget_code, agreement_number, order_number } = wishes
  return [
    { term: t('wish.channel'), text: t(`wish.channel.${channel}`) },
    { term: t('wish.email'), text: email },
    { term: t('organisation.einvoice'), text: einvoice_id && `${einvoice_scheme ?? ''}:${einvoice_id}` },
    { term: t('wish.lines'), text: t(`wish.lines.${lines}`) },
    { term: t('wish.pdf_in_xml'), text: t(pdf_in_xml ? 'common.yes' : 'common.no') },
    { term: t('invoice.institution_code'), text: institution_code ?? buyer.registration_number },
    { term: t('invoice.budget_code'), text: budget_code },
    { term: t('invoice.agreement_number'), text: agreement_number },
    { term: t('invoice.order_number'), text: order_number },
  ]
}

/** What was said for one seller, in a few words. */
function differences(wish: Wish, { t }: View): string {
  const texts = [
    wish.channel && t(`wish.channel.${wish.channel}`),
    wish.email,
    wish.einvoice_id && `${wish.einvoice_scheme}:${wish.einvoice_id}`,
    wish.lines && t(`wish.lines.${wish.lines}`),
    wish.pdf_in_xml !== null && `${t('wish.pdf_in_xml')}: ${t(wish.pdf_in_xml ? 'common.yes' : 'common.no')}`,
    ...(['institution_code', 'budget_code', 'agreement_number', 'order_number'] as const).map(
      (name) => wish[name] && `${t(`invoice.${name}`)}: ${wish[name]}`,
    ),
  ].filter((text) => typeof text === 'string')
  return texts.length === 0 ? t('wish.nothing_differs') : texts.join('; ')
}

function EditPage({ view, seller, state }: { view: View; seller: OrganisationRow | null; state: FormState }) {
  const { t } = view
  const unsaid = t(seller === null ? 'wish.as_usual' : 'wish.as_for_all')
  const chosen = String(state.values.einvoice_scheme ?? '')
  const schemes = namedSchemes.map((scheme) => ({ value: scheme, label: t(`organisation.einvoice_scheme.${scheme}`) }))
  const known = chosen === '' || schemes.some(({ value }) => value === chosen)
  return (
    <Layout
      view={view}
      active="/invoices"
      title={seller === null ? t('wish.for_all') : t('wish.for_seller', { seller: seller.name })}
      breadcrumbs={[{ href: home, text: t('wish.title') }]}
    >
      <Prose>
        <p>{t(seller === null ? 'wish.empty_all' : 'wish.empty_single')}</p>
      </Prose>
      <Form action={seller === null ? `${home}/edit` : `${home}/edit?seller=${seller.id}`} state={state}>
        <Fieldset legend={t('wish.how')}>
          <SelectField
            name="channel"
            empty={unsaid}
            label={t('wish.channel')}
            hint={t('wish.channel_hint')}
            options={channels.map((channel) => ({ value: channel, label: t(`wish.channel.${channel}`) }))}
            optional
          />
          <TextField name="email" label={t('wish.email')} hint={t('wish.email_hint')} type="email" optional />
          <FieldRow>
            <SelectField
              name="einvoice_scheme"
              empty={unsaid}
              label={t('organisation.einvoice_scheme')}
              options={known ? schemes : [...schemes, { value: chosen, label: chosen }]}
              optional
            />
            <TextField name="einvoice_id" label={t('organisation.einvoice_id')} width="medium" optional />
          </FieldRow>
        </Fieldset>
        <Fieldset legend={t('wish.what')}>
          <SelectField
            name="lines"
            empty={unsaid}
            label={t('wish.lines')}
            hint={t('wish.lines_hint')}
            options={wishLines.map((lines) => ({ value: lines, label: t(`wish.lines.${lines}`) }))}
            optional
          />
          <SelectField
            name="pdf_in_xml"
            empty={unsaid}
            label={t('wish.pdf_in_xml')}
            hint={t('wish.pdf_in_xml_hint')}
            options={(['yes', 'no'] as const).map((value) => ({ value, label: t(`common.${value}`) }))}
            optional
          />
        </Fieldset>
        <Fieldset legend={t('wish.references')} hint={t('wish.references_hint')}>
          <FieldRow>
            <TextField name="institution_code" label={t('invoice.institution_code')} width="medium" optional />
            <TextField name="budget_code" label={t('invoice.budget_code')} width="medium" optional />
          </FieldRow>
          <FieldRow>
            <TextField name="agreement_number" label={t('invoice.agreement_number')} width="medium" optional />
            <TextField name="order_number" label={t('invoice.order_number')} width="medium" optional />
          </FieldRow>
        </Fieldset>
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href={home} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}
