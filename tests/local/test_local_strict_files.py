"""moto's files under races."""

from concurrent.futures import ThreadPoolExecutor

import boto3


def test_a_file_put_and_read_by_many_at_once_is_whole(aws: None) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="files")
    contents = [bytes([number]) * 20_000 for number in range(8)]

    def put_and_read(content: bytes) -> set[bytes]:
        found = set()
        for _ in range(15):
            s3.put_object(Bucket="files", Key="photo", Body=content)
            found.add(s3.get_object(Bucket="files", Key="photo")["Body"].read())
        return found

    with ThreadPoolExecutor(len(contents)) as people:
        found = set[bytes]().union(*people.map(put_and_read, contents))
    assert found <= set(contents)
