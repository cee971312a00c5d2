import applicability.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import ledger.constraints
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeviceType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50, unique=True)),
                ('kind', models.CharField(choices=[('hub', 'Communications Hub'), ('meter', 'Meter'), ('ppmid', 'Pre-payment interface'), ('hcalcs', 'Load control switch'), ('other', 'Other')], max_length=6)),
                ('esme', models.BooleanField(default=False, verbose_name='electricity meter')),
                ('document', models.CharField(choices=[('CHTS', 'CHTS'), ('SMETS', 'SMETS')], help_text='The specification that a SMETS2+ entry of this type names.', max_length=5)),
                ('acts', models.CharField(choices=[('DCC', 'the DCC'), ('Supplier', 'the responsible Supplier')], help_text='Who must update or replace an installed device of this type.', max_length=8)),
                ('licence', models.CharField(help_text='The licence condition that says so.', max_length=200)),
                ('active', models.BooleanField(default=True, help_text='Whether a new entry may name this type.')),
                ('valid_from', applicability.fields.OpenDateField(default='unknown', max_length=10)),
                ('valid_to', applicability.fields.OpenDateField(default='none', max_length=10)),
                ('position', models.PositiveSmallIntegerField(unique=True)),
                ('note', models.CharField(blank=True, default='', max_length=300)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('valid_from'), 10), ('valid_from__gte', '1900-01-01'), ('valid_from__lte', '2999-12-31')), ('valid_from__in', ['unknown']), _connector='OR'), models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('valid_to'), 10), ('valid_to__gte', '1900-01-01'), ('valid_to__lte', '2999-12-31')), ('valid_to__in', ['none', 'unknown']), _connector='OR')), name='device_type_period_well_formed', violation_error_message='valid_from: a date or unknown; valid_to: a date, none or unknown.'), models.CheckConstraint(condition=models.Q(('valid_from__in', ('none', 'unknown')), ('valid_to__in', ('none', 'unknown')), ('valid_from__lte', models.F('valid_to')), _connector='OR'), name='device_type_period_not_reversed', violation_error_message='valid_to is before valid_from.'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('name__startswith', ' '), _negated=True), models.Q(('name__endswith', ' '), _negated=True)), name='device_type_name_trimmed_and_filled', violation_error_message='The name is empty or has a space at an end.'), models.CheckConstraint(condition=models.Q(('esme', False), ('kind', 'meter'), _connector='OR'), name='device_type_esme_is_a_meter', violation_error_message='Only a meter can be an electricity meter.'), models.CheckConstraint(condition=models.Q(('licence', ''), _negated=True), name='device_type_licence_stated', violation_error_message='State the licence condition under which somebody must act.')],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(choices=[('statutory', 'Statutory'), ('example', 'Worked example')], default='statutory', max_length=9)),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('effective_from', models.DateField()),
                ('source_kind', models.CharField(choices=[('founding load', 'Founding load'), ('direction', 'Secretary of State direction'), ('SEC release', 'SEC release')], max_length=13)),
                ('source', models.CharField(help_text='The direction or release, so that anybody can find it.', max_length=500)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('designated', 'Designated')], default='draft', editable=False, max_length=10)),
                ('prepared_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('designated_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('designated_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'ordering': ['series', 'number'],
                'constraints': [models.UniqueConstraint(fields=('series', 'number'), name='edition_number_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='edition_number_from_one', violation_error_message='Editions are numbered from 1.'), models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('title', ''), _negated=True)), name='edition_source_stated', violation_error_message="State the edition's title and its source."), models.CheckConstraint(condition=models.Q(models.Q(('source_kind', 'founding load'), _negated=True), ('number', 1), _connector='OR'), name='edition_founding_load_is_the_first', violation_error_message='Only edition 1 can come from the founding load.'), models.CheckConstraint(condition=models.Q(models.Q(('designated_at__isnull', False), ('status', 'designated')), models.Q(('designated_at__isnull', True), ('designated_by__isnull', True), ('status', 'draft')), _connector='OR'), name='edition_designated_when_it_says_when', violation_error_message='A designated edition says when; a draft does not.'), models.CheckConstraint(condition=models.Q(('status', 'draft'), models.Q(('designated_by__isnull', True), ('prepared_by__isnull', True), ('source_kind', 'founding load')), models.Q(('designated_by__isnull', False), ('prepared_by__isnull', False)), _connector='OR'), name='edition_designated_by_two_persons', violation_error_message='An edition is prepared by one person and designated by another.'), models.CheckConstraint(condition=models.Q(('designated_by__isnull', True), models.Q(('designated_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='edition_designated_by_another_person', violation_error_message='Who prepared an edition cannot designate it.'), ledger.constraints.FrozenOnce(name='edition_frozen_once_designated', when={'status': 'designated'})],
            },
        ),
        migrations.CreateModel(
            name='Designation',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.record')),
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='designation', to='applicability.edition')),
                ('rows', models.PositiveIntegerField(help_text='How many rows the edition has.')),
                ('rows_digest', models.CharField(help_text='SHA-256 over the edition and all its rows.', max_length=64)),
            ],
            options={
                'abstract': False,
                'constraints': [ledger.constraints.AppendOnly(name='applicability_designation_append_only'), models.CheckConstraint(condition=models.Q(('rows__gt', 0)), name='designation_has_rows', violation_error_message='An edition without rows cannot be designated.')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalCertificateRequirement',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('scheme', models.CharField(choices=[('CPA', 'CPA'), ('DLMS', 'DLMS'), ('Zigbee', 'Zigbee')], max_length=6)),
                ('need', models.CharField(choices=[('required', 'Required'), ('optional', 'Optional'), ('forbidden', 'Forbidden')], max_length=9)),
                ('valid_from', applicability.fields.OpenDateField(default='unknown', max_length=10)),
                ('valid_to', applicability.fields.OpenDateField(default='none', max_length=10)),
                ('source', models.CharField(max_length=300)),
                ('device_type', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='applicability.devicetype')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical certificate requirement',
                'verbose_name_plural': 'historical certificate requirements',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'constraints': [ledger.constraints.AppendOnly(name='applicability_historicalcertificaterequirement_append_only')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalDeviceType',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=50)),
                ('kind', models.CharField(choices=[('hub', 'Communications Hub'), ('meter', 'Meter'), ('ppmid', 'Pre-payment interface'), ('hcalcs', 'Load control switch'), ('other', 'Other')], max_length=6)),
                ('esme', models.BooleanField(default=False, verbose_name='electricity meter')),
                ('document', models.CharField(choices=[('CHTS', 'CHTS'), ('SMETS', 'SMETS')], help_text='The specification that a SMETS2+ entry of this type names.', max_length=5)),
                ('acts', models.CharField(choices=[('DCC', 'the DCC'), ('Supplier', 'the responsible Supplier')], help_text='Who must update or replace an installed device of this type.', max_length=8)),
                ('licence', models.CharField(help_text='The licence condition that says so.', max_length=200)),
                ('active', models.BooleanField(default=True, help_text='Whether a new entry may name this type.')),
                ('valid_from', applicability.fields.OpenDateField(default='unknown', max_length=10)),
                ('valid_to', applicability.fields.OpenDateField(default='none', max_length=10)),
                ('position', models.PositiveSmallIntegerField(db_index=True)),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical device type',
                'verbose_name_plural': 'historical device types',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'constraints': [ledger.constraints.AppendOnly(name='applicability_historicaldevicetype_append_only')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='SpecificationVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.CharField(choices=[('SMETS', 'SMETS'), ('CHTS', 'CHTS'), ('GBCS', 'GBCS'), ('DUIS', 'DUIS'), ('MMC', 'MMC'), ('Security Characteristics', 'Security Characteristics'), ('CTT', 'CTT (DLMS conformance test tool)'), ('ZSE', 'ZigBee Smart Energy')], max_length=30)),
                ('label', models.CharField(max_length=40, unique=True)),
                ('series', models.CharField(choices=[('statutory', 'Statutory'), ('example', 'Worked example')], default='statutory', max_length=9)),
                ('kind', models.CharField(choices=[('principal', 'Principal version'), ('sub', 'Sub-version'), ('unknown', 'Not known')], default='unknown', max_length=9)),
                ('predecessor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='applicability.specificationversion')),
                ('valid_from', applicability.fields.OpenDateField(default='unknown', max_length=10)),
                ('valid_to', applicability.fields.OpenDateField(default='unknown', max_length=10)),
                ('source', models.CharField(max_length=300)),
            ],
            options={
                'ordering': ['document', 'label'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('valid_from'), 10), ('valid_from__gte', '1900-01-01'), ('valid_from__lte', '2999-12-31')), ('valid_from__in', ['unknown']), _connector='OR'), models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('valid_to'), 10), ('valid_to__gte', '1900-01-01'), ('valid_to__lte', '2999-12-31')), ('valid_to__in', ['none', 'unknown']), _connector='OR')), name='specification_period_well_formed', violation_error_message='valid_from: a date or unknown; valid_to: a date, none or unknown.'), models.CheckConstraint(condition=models.Q(('valid_from__in', ('none', 'unknown')), ('valid_to__in', ('none', 'unknown')), ('valid_from__lte', models.F('valid_to')), _connector='OR'), name='specification_period_not_reversed', violation_error_message='valid_to is before valid_from.'), models.CheckConstraint(condition=models.Q(models.Q(('label', ''), _negated=True), models.Q(('label__startswith', ' '), _negated=True), models.Q(('label__endswith', ' '), _negated=True)), name='specification_label_trimmed_and_filled', violation_error_message='The label is empty or has a space at an end.'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='specification_source_stated', violation_error_message='State where this version and its dates come from.'), models.CheckConstraint(condition=models.Q(('predecessor', None), models.Q(('predecessor', models.F('id')), _negated=True), _connector='OR'), name='specification_not_its_own_predecessor', violation_error_message='A version cannot be its own predecessor.'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'sub'), _negated=True), ('predecessor__isnull', False), _connector='OR'), name='specification_sub_version_has_predecessor', violation_error_message='A sub-version names the version that it follows.')],
            },
        ),
        migrations.CreateModel(
            name='SecurityTie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='security_ties', to='applicability.edition')),
                ('gbcs', models.ForeignKey(limit_choices_to={'document__in': ['GBCS']}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applicability.specificationversion', verbose_name='GBCS version')),
                ('security_characteristics', models.ForeignKey(limit_choices_to={'document__in': ['Security Characteristics']}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applicability.specificationversion')),
            ],
            options={
                'ordering': ['edition', 'gbcs__label', 'security_characteristics__label'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'gbcs', 'security_characteristics'), name='security_tie_once'), ledger.constraints.FrozenWith(name='security_tie_frozen_with_edition', parent='edition', when={'status': 'designated'})],
            },
        ),
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='applicability.edition')),
                ('ts', models.ForeignKey(limit_choices_to={'document__in': ['SMETS', 'CHTS']}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applicability.specificationversion', verbose_name='TS version')),
                ('gbcs', models.ForeignKey(limit_choices_to={'document__in': ['GBCS']}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applicability.specificationversion', verbose_name='GBCS version')),
                ('applies_from', applicability.fields.OpenDateField(default='unknown', max_length=10, verbose_name='from')),
                ('applies_to', applicability.fields.OpenDateField(default='unknown', max_length=10, verbose_name='to')),
            ],
            options={
                'verbose_name': 'applicability period',
                'ordering': ['edition', 'ts__label', 'gbcs__label'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'ts', 'gbcs'), name='period_once'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('applies_from'), 10), ('applies_from__gte', '1900-01-01'), ('applies_from__lte', '2999-12-31')), ('applies_from__in', ['unknown']), _connector='OR'), models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('applies_to'), 10), ('applies_to__gte', '1900-01-01'), ('applies_to__lte', '2999-12-31')), ('applies_to__in', ['none', 'unknown']), _connector='OR')), name='period_well_formed', violation_error_message='applies_from: a date or unknown; applies_to: a date, none or unknown.'), models.CheckConstraint(condition=models.Q(('applies_from__in', ('none', 'unknown')), ('applies_to__in', ('none', 'unknown')), ('applies_from__lte', models.F('applies_to')), _connector='OR'), name='period_not_reversed', violation_error_message='applies_to is before applies_from.'), ledger.constraints.FrozenWith(name='period_frozen_with_edition', parent='edition', when={'status': 'designated'})],
            },
        ),
        migrations.CreateModel(
            name='HistoricalSpecificationVersion',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('document', models.CharField(choices=[('SMETS', 'SMETS'), ('CHTS', 'CHTS'), ('GBCS', 'GBCS'), ('DUIS', 'DUIS'), ('MMC', 'MMC'), ('Security Characteristics', 'Security Characteristics'), ('CTT', 'CTT (DLMS conformance test tool)'), ('ZSE', 'ZigBee Smart Energy')], max_length=30)),
                ('label', models.CharField(db_index=True, max_length=40)),
                ('series', models.CharField(choices=[('statutory', 'Statutory'), ('example', 'Worked example')], default='statutory', max_length=9)),
                ('kind', models.CharField(choices=[('principal', 'Principal version'), ('sub', 'Sub-version'), ('unknown', 'Not known')], default='unknown', max_length=9)),
                ('valid_from', applicability.fields.OpenDateField(default='unknown', max_length=10)),
                ('valid_to', applicability.fields.OpenDateField(default='unknown', max_length=10)),
                ('source', models.CharField(max_length=300)),
                ('predecessor', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='applicability.specificationversion')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical specification version',
                'verbose_name_plural': 'historical specification versions',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'constraints': [ledger.constraints.AppendOnly(name='applicability_historicalspecificationversion_append_only')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Combination',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='combinations', to='applicability.edition')),
                ('device_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applicability.devicetype')),
                ('ts', models.ForeignKey(limit_choices_to={'document__in': ['SMETS', 'CHTS']}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applicability.specificationversion', verbose_name='TS version')),
                ('gbcs', models.ForeignKey(limit_choices_to={'document__in': ['GBCS']}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applicability.specificationversion', verbose_name='GBCS version')),
            ],
            options={
                'ordering': ['edition', 'device_type__position', 'ts__label', 'gbcs__label'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'device_type', 'ts', 'gbcs'), name='combination_once'), ledger.constraints.FrozenWith(name='combination_frozen_with_edition', parent='edition', when={'status': 'designated'})],
            },
        ),
        migrations.CreateModel(
            name='Validity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='validities', to='applicability.edition')),
                ('device_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applicability.devicetype')),
                ('ts', models.ForeignKey(limit_choices_to={'document__in': ['SMETS', 'CHTS']}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='applicability.specificationversion', verbose_name='TS version')),
                ('ivp_from', applicability.fields.OpenDateField(default='unknown', max_length=10, verbose_name='IVP from')),
                ('ivp_to', applicability.fields.OpenDateField(default='unknown', max_length=10, verbose_name='IVP to')),
                ('mvp_from', applicability.fields.OpenDateField(default='unknown', max_length=10, verbose_name='MVP from')),
                ('mvp_to', applicability.fields.OpenDateField(default='unknown', max_length=10, verbose_name='MVP to')),
            ],
            options={
                'verbose_name_plural': 'validities',
                'ordering': ['edition', 'device_type__position', 'ts__label'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'device_type', 'ts'), name='validity_once'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('ivp_from'), 10), ('ivp_from__gte', '1900-01-01'), ('ivp_from__lte', '2999-12-31')), ('ivp_from__in', ['unknown']), _connector='OR'), models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('ivp_to'), 10), ('ivp_to__gte', '1900-01-01'), ('ivp_to__lte', '2999-12-31')), ('ivp_to__in', ['none', 'unknown']), _connector='OR')), name='validity_ivp_well_formed', violation_error_message='ivp_from: a date or unknown; ivp_to: a date, none or unknown.'), models.CheckConstraint(condition=models.Q(('ivp_from__in', ('none', 'unknown')), ('ivp_to__in', ('none', 'unknown')), ('ivp_from__lte', models.F('ivp_to')), _connector='OR'), name='validity_ivp_not_reversed', violation_error_message='ivp_to is before ivp_from.'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('mvp_from'), 10), ('mvp_from__gte', '1900-01-01'), ('mvp_from__lte', '2999-12-31')), ('mvp_from__in', ['unknown']), _connector='OR'), models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('mvp_to'), 10), ('mvp_to__gte', '1900-01-01'), ('mvp_to__lte', '2999-12-31')), ('mvp_to__in', ['none', 'unknown']), _connector='OR')), name='validity_mvp_well_formed', violation_error_message='mvp_from: a date or unknown; mvp_to: a date, none or unknown.'), models.CheckConstraint(condition=models.Q(('mvp_from__in', ('none', 'unknown')), ('mvp_to__in', ('none', 'unknown')), ('mvp_from__lte', models.F('mvp_to')), _connector='OR'), name='validity_mvp_not_reversed', violation_error_message='mvp_to is before mvp_from.'), ledger.constraints.FrozenWith(name='validity_frozen_with_edition', parent='edition', when={'status': 'designated'})],
            },
        ),
        migrations.CreateModel(
            name='CertificateRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requirements', to='applicability.devicetype')),
                ('scheme', models.CharField(choices=[('CPA', 'CPA'), ('DLMS', 'DLMS'), ('Zigbee', 'Zigbee')], max_length=6)),
                ('need', models.CharField(choices=[('required', 'Required'), ('optional', 'Optional'), ('forbidden', 'Forbidden')], max_length=9)),
                ('valid_from', applicability.fields.OpenDateField(default='unknown', max_length=10)),
                ('valid_to', applicability.fields.OpenDateField(default='none', max_length=10)),
                ('source', models.CharField(max_length=300)),
            ],
            options={
                'ordering': ['device_type__position', 'scheme', 'id'],
                'constraints': [models.UniqueConstraint(fields=('device_type', 'scheme', 'valid_from'), name='requirement_once'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('valid_from'), 10), ('valid_from__gte', '1900-01-01'), ('valid_from__lte', '2999-12-31')), ('valid_from__in', ['unknown']), _connector='OR'), models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('valid_to'), 10), ('valid_to__gte', '1900-01-01'), ('valid_to__lte', '2999-12-31')), ('valid_to__in', ['none', 'unknown']), _connector='OR')), name='requirement_period_well_formed', violation_error_message='valid_from: a date or unknown; valid_to: a date, none or unknown.'), models.CheckConstraint(condition=models.Q(('valid_from__in', ('none', 'unknown')), ('valid_to__in', ('none', 'unknown')), ('valid_from__lte', models.F('valid_to')), _connector='OR'), name='requirement_period_not_reversed', violation_error_message='valid_to is before valid_from.'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='requirement_source_stated', violation_error_message='State where this requirement stands.')],
            },
        ),
    ]
