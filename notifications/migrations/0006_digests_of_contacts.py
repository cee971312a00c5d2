from django.db import migrations, models
from django.utils.crypto import salted_hmac


def digest_addresses(apps, schema_editor):
    for row in apps.get_model("notifications", "Recipient").objects.filter(email__isnull=False):
        row.digest = salted_hmac("notifications.recipients", row.email, algorithm="sha256").hexdigest()
        row.save(update_fields=["digest"])


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0005_attempts_and_addresses_left'),
    ]

    operations = [
        migrations.AddField(
            model_name='recipient',
            name='digest',
            field=models.CharField(blank=True, help_text="Of a contact's. It stays when the address is erased, so that nobody writes there again.", max_length=64, null=True, unique=True, verbose_name='digest of the address'),
        ),
        migrations.RunPython(digest_addresses, migrations.RunPython.noop),
    ]
