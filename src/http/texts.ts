import { defineTexts } from '../ui/define-texts.ts'

/** What is answered to what the rules forbid: what is wrong, where, and what to do. */
export const refusalTexts = defineTexts(
  {
    'refusal.not_found': 'Šādas lapas vai ieraksta nav, vai jūsu lomai tas nav pieejams.',
    'refusal.not_permitted':
      'Jūsu loma šo darbību neatļauj. Ja tā vajadzīga darbam, lūdziet savas organizācijas administratoram.',
    'refusal.not_signed_in': 'Vispirms pieslēdzieties.',
    'refusal.invalid_input': 'Ievadītajā ir kļūdas. Nekas nav saglabāts.',
    'refusal.body_too_large': 'Nosūtītais ir par lielu. Nekas nav saglabāts.',
    'refusal.body_not_readable': 'Nosūtīto nevar nolasīt: tas nav derīgs JSON vai veidlapa.',
    'refusal.idempotency_key_reused':
      'Šī atkārtojuma atslēga jau lietota citam pieprasījumam. Izmantojiet jaunu atslēgu.',
    'refusal.idempotency_key_in_progress': 'Šis pats pieprasījums vēl tiek izpildīts. Pēc brīža pārbaudiet rezultātu.',
    'refusal.already_carried_out': 'Šis pieprasījums jau ir izpildīts. Otrreiz tas netiek darīts.',
    'refusal.cross_site_write': 'Pieprasījums nāk no citas vietnes, tāpēc tas nav izpildīts.',
    'refusal.changed_meanwhile': 'Kāds cits šo ierakstu tikmēr ir mainījis. Atveriet to no jauna un mēģiniet vēlreiz.',
    'refusal.bug': 'Radās kļūda sistēmā. Nekas nav saglabāts. Pieprasījuma numurs: {request_id}.',
    'refusal.sign_in_failed': 'E-pasts vai parole nav pareiza.',
    'refusal.too_many_attempts': 'Pārāk daudz neveiksmīgu mēģinājumu. Mēģiniet vēlreiz pēc {minutes} minūtēm.',
    'refusal.email_taken': 'Cilvēks ar šādu e-pastu jau ir.',
    'refusal.code_taken': 'Organizācija ar šādu kodu jau ir.',
    'refusal.registration_number_taken': 'Organizācija ar šādu reģistrācijas numuru jau ir.',
    'refusal.role_not_known_here': 'Šādas lomas šajā organizācijā nav.',
    'refusal.last_administrator': 'Šis ir organizācijas pēdējais administrators. Vispirms ieceliet citu.',
    'refusal.person_elsewhere':
      'Šim cilvēkam ir lomas arī citā organizācijā, tāpēc viņa piekļuvi kopumā un paroli šeit nevar mainīt. Noņemiet viņa lomas šajā organizācijā.',
    'refusal.password_wrong': 'Pašreizējā parole nav pareiza.',
    'refusal.price_periods_overlap':
      'Cena no {from}{to, select, none {} other { līdz {to}}} pārklājas ar jau esošo cenu no {other_from}{other_to, select, none {} other { līdz {other_to}}}. Vispirms izbeidziet vai labojiet esošo.',
    'refusal.capacity_periods_overlap':
      'Vietu skaits no {from}{to, select, none {} other { līdz {to}}} pārklājas ar jau esošo no {other_from}{other_to, select, none {} other { līdz {other_to}}}. Vispirms labojiet esošo.',
    'refusal.kind_not_known': 'Šāda pakalpojuma veida nav.',
    'refusal.offer_not_published': 'Šis piedāvājums nav publicēts, tāpēc vietu pieprasīt nevar.',
    'refusal.offer_has_no_price': 'Šim piedāvājumam {date} nav cenas, tāpēc vietu pieprasīt nevar.',
    'refusal.offer_in_use': 'Pie šī piedāvājuma ir uzņemšanas, tāpēc mērvienību vairs nevar mainīt.',
    'refusal.offer_is_draft': 'Šis piedāvājums vēl ir melnraksts: neviens cits to neredz, tāpēc nav ko izņemt.',
    'refusal.surcharge_in_use': 'Piemaksu „{surcharge}” izmanto kāda uzņemšana vai nosūtījums, tāpēc to nevar noņemt.',
    'refusal.kind_code_taken': 'Pakalpojuma veids ar šādu kodu jau ir.',
    'refusal.referral_not_draft': 'Šis nosūtījums vairs nav melnraksts.',
    'refusal.referral_not_submitted': 'Šis nosūtījums negaida atbildi.',
    'refusal.referral_already_answered':
      'Uz šo nosūtījumu jau ir atbildēts: tas ir {status, select, accepted {pieņemts} other {noraidīts}}.',
    'refusal.no_place_free':
      '{date} brīvu vietu nepietiek: vietu skaits {capacity}, aizņemtas {taken}, vajag {places}.',
    'refusal.surcharge_not_offered': 'Piedāvājumam nav piemaksas „{surcharge}”.',
    'refusal.placement_ended': 'Šī uzņemšana jau ir beigusies {date}.',
    'refusal.end_before_start': 'Beigu datums {end} ir pirms sākuma {start}.',
    'refusal.prolongation_not_later': 'Pagarinājumam jābeidzas pēc {date}.',
    'refusal.placement_has_no_end': 'Šai uzņemšanai nav beigu datuma, tāpēc nav ko pagarināt.',
    'refusal.end_after_agreed': 'Uzņemšana ir spēkā līdz {date}. Ja cilvēks paliek ilgāk, vispirms to pagariniet.',
    'refusal.resident_known': 'Cilvēks ar šo personas kodu jau ir reģistrēts ar kodu {token}.',
    'refusal.facts_outside_placement':
      'Ārpus jaunā perioda jau ir ierakstīti apmeklējumi ({date}). Vispirms atsauciet tos.',
    'refusal.delivery_outside_placement': '{date} ir ārpus uzņemšanas perioda ({from} – {to}).',
    'refusal.delivery_in_future': '{date} vēl nav pienācis: pakalpojumu ieraksta, kad tas ir sniegts.',
    'refusal.unit_not_recorded':
      'Šim pakalpojumam apjomu aprēķina pēc uzņemšanas datumiem, tāpēc apmeklējumus neieraksta.',
    'refusal.absences_overlap':
      'Prombūtne no {from} līdz {to} pārklājas ar jau ierakstīto no {other_from} līdz {other_to}.',
    'refusal.absence_outside_placement':
      'Prombūtne no {from} līdz {to} ir ārpus uzņemšanas perioda ({placement_from} – {placement_to}).',
    'refusal.csv_not_readable':
      'Nekas nav saglabāts: {reason, select, encoding {fails nav saglabāts UTF-8 kodējumā. Excel izvēlnē „Saglabāt kā” izvēlieties „CSV UTF-8”} empty {fails ir tukšs} header_only {failā ir tikai virsrakstu rinda} column_missing {pirmajā rindā nav kolonnas „{column}”} column_twice {kolonna „{column}” failā ir divreiz} too_long {failā ir vairāk nekā {maximum} rindu. Sadaliet to vairākos failos} quotes {{line}. rindā ir neaizvērtas vai nevietā liktas pēdiņas} recorded {visas šī faila rindas jau ir ierakstītas} other {to nevar nolasīt kā CSV failu}}.',
    'refusal.month_not_over': 'Mēnesis {month} vēl nav beidzies.',
    'refusal.month_already_closed': 'Mēnesis {month} jau ir slēgts.',
    'refusal.month_out_of_order': 'Mēnešus slēdz pēc kārtas: vispirms {expected}.',
    'refusal.month_has_findings': 'Mēnesi {month} nevar slēgt, kamēr nav novērsti atradumi.',
    'refusal.einvoice_party_unknown':
      'Dokumentam {number} e-rēķina nav: dienā, kad to izrakstīja, nebija zināms ne „{party}” reģistrācijas numurs, ne PVN numurs. Administrators tos ieraksta sadaļā „Organizācijas”; tad e-rēķins būs visiem turpmākajiem dokumentiem.',
    'validation.too_many_digits': 'Skaitlis ir par lielu: pirms komata ne vairāk kā {maximum} cipari',
    'validation.id': 'Šis nav derīgs identifikators',
    'validation.decimal_as_text': 'Skaitlim jābūt tekstam pēdiņās, piemēram, "12.50"',
    'validation.cursor': 'Šis nav derīgs lapas rādītājs',
    'validation.characters': 'Tekstā ir neatļautas rakstzīmes',
    'validation.unknown_field': 'Šāda lauka nav',
    'validation.not_known': 'Šāda ieraksta nav',
    'validation.days_in_order': 'Šis termiņš nevar būt pirms iepriekšējā',
  },
  {
    'refusal.not_found': 'There is no such page or record, or it is not open to your role.',
    'refusal.not_permitted':
      'Your role does not allow this. If your work needs it, ask your organisation’s administrator.',
    'refusal.not_signed_in': 'Sign in first.',
    'refusal.invalid_input': 'There are mistakes in what was entered. Nothing was saved.',
    'refusal.body_too_large': 'What was sent is too large. Nothing was saved.',
    'refusal.body_not_readable': 'What was sent cannot be read: it is not valid JSON or a form.',
    'refusal.idempotency_key_reused': 'This idempotency key was used for another request. Use a new key.',
    'refusal.idempotency_key_in_progress':
      'This same request is still being carried out. Look at the result in a moment.',
    'refusal.already_carried_out': 'This request was carried out already. It is not done twice.',
    'refusal.cross_site_write': 'The request comes from another site and was not carried out.',
    'refusal.changed_meanwhile': 'Somebody else changed this record meanwhile. Open it again and retry.',
    'refusal.bug': 'Something went wrong in the system. Nothing was saved. Request number: {request_id}.',
    'refusal.sign_in_failed': 'The e-mail or the password is not right.',
    'refusal.too_many_attempts': 'Too many failed attempts. Try again in {minutes} minutes.',
    'refusal.email_taken': 'There is a person with this e-mail already.',
    'refusal.code_taken': 'There is an organisation with this code already.',
    'refusal.registration_number_taken': 'There is an organisation with this registration number already.',
    'refusal.role_not_known_here': 'There is no such role in this organisation.',
    'refusal.last_administrator': 'This is the organisation’s last administrator. Appoint another one first.',
    'refusal.person_elsewhere':
      'This person also has roles in another organisation, so access as a whole and the password cannot be changed here. Take away the roles in this organisation instead.',
    'refusal.password_wrong': 'The current password is not right.',
    'refusal.price_periods_overlap':
      'The price from {from}{to, select, none {} other { to {to}}} overlaps the existing price from {other_from}{other_to, select, none {} other { to {other_to}}}. End or correct the existing one first.',
    'refusal.capacity_periods_overlap':
      'The capacity from {from}{to, select, none {} other { to {to}}} overlaps the existing one from {other_from}{other_to, select, none {} other { to {other_to}}}. Correct the existing one first.',
    'refusal.kind_not_known': 'There is no such service kind.',
    'refusal.offer_not_published': 'This offer is not published, so no place can be requested.',
    'refusal.offer_has_no_price': 'This offer has no price on {date}, so no place can be requested.',
    'refusal.offer_in_use': 'There are placements at this offer, so its unit can no longer change.',
    'refusal.offer_is_draft': 'This offer is still a draft: nobody else sees it, so there is nothing to withdraw.',
    'refusal.surcharge_in_use': 'A placement or a referral takes the surcharge “{surcharge}”, so it cannot be removed.',
    'refusal.kind_code_taken': 'There is a service kind with this code already.',
    'refusal.referral_not_draft': 'This referral is no longer a draft.',
    'refusal.referral_not_submitted': 'This referral does not wait for an answer.',
    'refusal.referral_already_answered':
      'This referral was answered already: it was {status, select, accepted {accepted} other {declined}}.',
    'refusal.no_place_free': 'Not enough free places on {date}: capacity {capacity}, taken {taken}, needed {places}.',
    'refusal.surcharge_not_offered': 'The offer has no surcharge “{surcharge}”.',
    'refusal.placement_ended': 'This placement ended on {date}.',
    'refusal.end_before_start': 'The end {end} is before the start {start}.',
    'refusal.prolongation_not_later': 'A prolongation must end after {date}.',
    'refusal.placement_has_no_end': 'This placement has no end date, so there is nothing to prolong.',
    'refusal.end_after_agreed': 'The placement lasts until {date}. If the person stays longer, prolong it first.',
    'refusal.resident_known': 'A person with this personal code is registered already, as {token}.',
    'refusal.facts_outside_placement': 'Deliveries are recorded outside the new period ({date}). Withdraw them first.',
    'refusal.delivery_outside_placement': '{date} is outside the placement ({from} – {to}).',
    'refusal.delivery_in_future': '{date} has not come yet: a service is recorded when it was given.',
    'refusal.unit_not_recorded':
      'This service is counted from the dates of the placement, so no deliveries are recorded.',
    'refusal.absences_overlap':
      'The absence from {from} to {to} overlaps the one recorded from {other_from} to {other_to}.',
    'refusal.absence_outside_placement':
      'The absence from {from} to {to} is outside the placement ({placement_from} – {placement_to}).',
    'refusal.csv_not_readable':
      'Nothing was saved: {reason, select, encoding {the file is not saved as UTF-8. In Excel choose “CSV UTF-8” under “Save as”} empty {the file is empty} header_only {the file has only its line of headers} column_missing {the first line has no column “{column}”} column_twice {the file has the column “{column}” twice} too_long {the file has more than {maximum} lines. Divide it into several files} quotes {line {line} has quotation marks that are not closed or out of place} recorded {every line of this file is recorded already} other {it cannot be read as a CSV file}}.',
    'refusal.month_not_over': 'The month {month} is not over yet.',
    'refusal.month_already_closed': 'The month {month} is closed already.',
    'refusal.month_out_of_order': 'Months are closed in order: {expected} comes first.',
    'refusal.month_has_findings': 'The month {month} cannot be closed until its findings are put right.',
    'refusal.einvoice_party_unknown':
      'There is no e-invoice of {number}: on the day it was issued neither the registration number nor the VAT number of {party} was known. An administrator enters them under Organisations; all later documents will then have an e-invoice.',
    'validation.too_many_digits': 'The number is too large: at most {maximum} digits before the point',
    'validation.id': 'This is not a valid identifier',
    'validation.decimal_as_text': 'A decimal is written as text in quotes, for example "12.50"',
    'validation.cursor': 'This is not a valid page cursor',
    'validation.characters': 'The text has characters that are not allowed',
    'validation.unknown_field': 'There is no such field',
    'validation.not_known': 'There is no such record',
    'validation.days_in_order': 'This date cannot come before the one above it',
  },
)
