"""Where private keys are kept: nobody else's business, and never overwritten."""

import os
import stat
import threading
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from byhand import private_files
from byhand.credentials import PrivateKey
from byhand.errors import KeyExists, KeyMissing, Misconfigured
from byhand.keys import FileKeys, KeyringKeys, KeyStore


class Drawer(KeyringBackend):
    """A keyring that forgets everything at the end of the test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(params=["files", "keyring"])
def store(request: pytest.FixtureRequest) -> KeyStore:
    if request.param == "files":
        return FileKeys()
    keyring.set_keyring(Drawer())
    return KeyringKeys()


def test_a_kept_key_is_found_again_until_it_is_removed(store: KeyStore) -> None:
    key = PrivateKey.make()
    store.save("task_1", key)
    store.save("task_1", key)
    assert store.load("task_1").export() == key.export()
    store.remove("task_1")
    store.remove("task_1")
    with pytest.raises(KeyMissing, match="task_1"):
        store.load("task_1")


def test_another_key_never_takes_the_place_of_one_that_is_kept(store: KeyStore) -> None:
    first = PrivateKey.make()
    store.save("task_1", first)
    with pytest.raises(KeyExists):
        store.save("task_1", PrivateKey.make())
    assert store.load("task_1").export() == first.export()


def test_files_and_folder_are_their_owners_alone(config_folder: Path) -> None:
    before = os.umask(0)
    try:
        FileKeys().save("task_1", PrivateKey.make())
    finally:
        os.umask(before)
    kept = config_folder / "keys" / "task_1.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert list(kept.parent.iterdir()) == [kept]


def test_a_key_that_others_can_read_is_not_used(config_folder: Path) -> None:
    FileKeys().save("task_1", PrivateKey.make())
    (config_folder / "keys" / "task_1.json").chmod(0o644)
    with pytest.raises(Misconfigured, match="chmod 600"):
        FileKeys().load("task_1")


@pytest.mark.parametrize("label", ["../../outside", "/etc/passwd", "a/b", ".hidden", "x" * 300, "ключ", ""])
def test_no_label_leads_out_of_the_folder(label: str, config_folder: Path) -> None:
    FileKeys().save(label, PrivateKey.make())
    assert [path.parent for path in config_folder.rglob("*") if path.is_file()] == [config_folder / "keys"]
    FileKeys().load(label)


def test_of_many_who_keep_a_key_under_one_name_one_wins(config_folder: Path) -> None:
    keys, losers = [PrivateKey.make() for _ in range(8)], []

    def keep(key: PrivateKey) -> None:
        try:
            FileKeys().save("task_1", key)
        except KeyExists:
            losers.append(key)

    threads = [threading.Thread(target=keep, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(losers) == 7
    assert FileKeys().load("task_1").public_key in {key.public_key for key in keys if key not in losers}
    assert [path.name for path in (config_folder / "keys").iterdir()] == ["task_1.json"]


def test_a_replaced_file_stays_its_owners_alone(tmp_path: Path) -> None:
    place = tmp_path / "config.json"
    private_files.replace(place, "one")
    private_files.replace(place, "two")
    assert private_files.read(place) == "two"
    with pytest.raises(FileExistsError):
        private_files.create(place, "three")
    assert private_files.read(place) == "two"


class Locked(Drawer):
    """A keyring that nobody opens."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")


def test_a_keyring_that_does_not_open_is_a_matter_of_settings() -> None:
    keyring.set_keyring(Locked())
    with pytest.raises(Misconfigured, match="locked"):
        KeyringKeys().load("task_1")


def test_every_folder_on_the_way_to_a_key_is_ones_own(config_folder: Path) -> None:
    FileKeys().save("task_1", PrivateKey.make())
    modes = {stat.S_IMODE(folder.stat().st_mode) for folder in (config_folder, config_folder / "keys")}
    assert modes == {0o700}
