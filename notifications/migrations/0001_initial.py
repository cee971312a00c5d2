import django.db.models.deletion
import django.db.models.expressions
import ledger.constraints
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cpl', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('party', 'Party'), ('user', 'Person with an account'), ('contact', 'Contact for CPA')], max_length=10)),
                ('party', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cpl.party')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('email', models.EmailField(blank=True, help_text='In lower case.', max_length=400, null=True, unique=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('email__isnull', True), ('kind', 'party'), ('party__isnull', False), ('user__isnull', True)), models.Q(('email__isnull', True), ('kind', 'user'), ('party__isnull', True), ('user__isnull', False)), models.Q(('kind', 'contact'), ('party__isnull', True), ('user__isnull', True)), _connector='OR'), name='notifications_recipient_as_its_kind')],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('on', models.DateField(help_text='The day that it looked at.')),
                ('due', models.PositiveIntegerField(default=0, help_text='Notices that were to be sent.')),
                ('sent', models.PositiveIntegerField(default=0, help_text='Notices whose e-mail went out in this run.')),
                ('failed', models.PositiveIntegerField(default=0, help_text='Notices whose e-mail did not, by its end.')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('due', django.db.models.expressions.CombinedExpression(models.F('sent'), '+', models.F('failed'))), _connector='OR'), name='notifications_run_adds_up')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('certificate', 'Certificates that end'), ('step', 'A step of a submission'), ('release', 'Additions and removals')], max_length=20)),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='notifications.recipient')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='notifications.run')),
                ('subject', models.CharField(max_length=200)),
                ('message_id', models.CharField(max_length=200, unique=True, verbose_name='Message-ID')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('queued_at', models.DateTimeField()),
                ('next_attempt_at', models.DateTimeField(help_text='Not before this.')),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('last_answer', models.TextField(blank=True, help_text='What the mail server said, or why none was asked.')),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-pk'],
                'permissions': [('send_again', 'Can send failed messages again')],
                'indexes': [models.Index(fields=['state', 'next_attempt_at'], name='notifications_message_queue')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='notifications_message_sent_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), _negated=True), ('claimed_at__isnull', False), _connector='OR'), name='notifications_message_claimed_while_sending')],
            },
        ),
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('certificate', 'A certificate will expire or needs renewal'), ('release', 'Entries were added or removed')], max_length=20)),
                ('acts', models.CharField(blank=True, choices=[('DCC', 'the DCC'), ('Supplier', 'the responsible Supplier')], help_text='Empty: for every device type.', max_length=8, verbose_name='for device types on which acts')),
                ('who', models.CharField(choices=[('dcc', 'The DCC'), ('suppliers', 'Every Supplier Party'), ('parties', 'Every Party'), ('manufacturer', 'The Party that holds the manufacturer identifier'), ('submitter', 'The organisation that submitted the entry'), ('cpa_contact', 'The contact given for CPA with the entry')], max_length=20, verbose_name='is told')),
            ],
            options={
                'ordering': ['kind', 'acts', 'who'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'acts', 'who'), name='notifications_audience_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'release'), _negated=True), models.Q(('acts', ''), ('who__in', ['dcc', 'suppliers', 'parties'])), _connector='OR'), name='notifications_audience_of_release_is_general', violation_error_message='A release concerns every device type, and Parties alone.')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='letter', serialize=False, to='notifications.message')),
                ('text', models.TextField()),
                ('html', models.TextField()),
                ('content', models.BinaryField(default=b'', help_text='The e-mail as it was last handed over.')),
            ],
        ),
        migrations.CreateModel(
            name='ReleaseNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cpl.release')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='release_notices', to='notifications.recipient')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='release_notices', to='notifications.message')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [ledger.constraints.AppendOnly(name='notifications_release_notice_append_only'), models.UniqueConstraint(fields=('release', 'recipient'), name='notifications_release_notice_once')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cpl.entry')),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cpl.certificate')),
                ('date', models.DateField(help_text="The certificate's expiry or renewal date.")),
                ('milestone', models.PositiveSmallIntegerField(help_text='In months before that date.')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='notifications.recipient')),
                ('state', models.CharField(choices=[('due', 'Due'), ('late', 'Late: came inside the window'), ('overtaken', 'Overtaken by a nearer one'), ('missed', 'Missed'), ('before_register', 'Before this register')], max_length=20)),
                ('due_on', models.DateField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='notifications.run')),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='notifications.message')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['date'], name='notifications_notice_date')],
                'constraints': [ledger.constraints.AppendOnly(name='notifications_notice_append_only'), models.UniqueConstraint(fields=('entry', 'certificate', 'date', 'milestone', 'recipient'), name='notifications_notice_once'), models.CheckConstraint(condition=models.Q(models.Q(('message__isnull', False), ('state__in', ['due', 'late'])), models.Q(('message__isnull', True), ('state__in', ['overtaken', 'missed', 'before_register'])), _connector='OR'), name='notifications_notice_sent_has_a_message')],
            },
        ),
        migrations.CreateModel(
            name='StepNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cpl.step')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='step_notices', to='notifications.recipient')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='step_notices', to='notifications.message')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [ledger.constraints.AppendOnly(name='notifications_step_notice_append_only'), models.UniqueConstraint(fields=('step', 'recipient'), name='notifications_step_notice_once')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalAudience',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('certificate', 'A certificate will expire or needs renewal'), ('release', 'Entries were added or removed')], max_length=20)),
                ('acts', models.CharField(blank=True, choices=[('DCC', 'the DCC'), ('Supplier', 'the responsible Supplier')], help_text='Empty: for every device type.', max_length=8, verbose_name='for device types on which acts')),
                ('who', models.CharField(choices=[('dcc', 'The DCC'), ('suppliers', 'Every Supplier Party'), ('parties', 'Every Party'), ('manufacturer', 'The Party that holds the manufacturer identifier'), ('submitter', 'The organisation that submitted the entry'), ('cpa_contact', 'The contact given for CPA with the entry')], max_length=20, verbose_name='is told')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical audience',
                'verbose_name_plural': 'historical audiences',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'constraints': [ledger.constraints.AppendOnly(name='notifications_historicalaudience_append_only')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
